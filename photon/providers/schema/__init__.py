"""JSON Schemas as providers take them: as a grammar, in OpenAI's and Anthropic's subsets, in words; and an example of one."""
