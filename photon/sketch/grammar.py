"""The notation as a GBNF grammar for llama.cpp, for repeating a line that failed to parse: it costs about 30 % of the speed.

Every word has a greatest length: where the grammar forbids what the model wants to write, it may fill in digits for ever.
"""

from __future__ import annotations

_RULES = r"""
line ::= summary | description | id | tags | deprecated | auth | parameters | body | success | error | component
parameters ::= path | query | header | cookie
summary ::= "summary: " text
description ::= "description: " text
id ::= "id: " name
tags ::= "tags: " text
deprecated ::= "deprecated: true"
auth ::= "auth: " ("none" | "bearer" | "basic" | "apiKey" | "oauth2") ("(" [A-Za-z0-9_.:, -]{1,80} ")")?
path ::= "path: " object
query ::= "query: " object
header ::= "header: " object
cookie ::= "cookie: " object
body ::= "body: " ("form " type | "multipart " type | raw | type)
success ::= [23] [0-9] [0-9] ": " ("-" | raw | "sse(" type ")" | type) (" headers " object)?
error ::= [45] [0-9] [0-9] ": " text
component ::= [A-Z] [A-Za-z0-9_]{0,40} " = " type
raw ::= ("binary" | "text") ("(" [a-z]{1,20} "/" [A-Za-z0-9.+*-]{1,80} ")")?
type ::= item (" | " item)*
item ::= primary ("[]" range?)*
primary ::= object | "(" type ")" | literal | "map<" type ">" | name range?
range ::= "(" (number? ".." number? | "/" [^/\n]{1,60} "/") ")"
object ::= "{}" | "{ " field (", " field)* " }"
field ::= fieldname "?"? ": " type (" = " literal)?
fieldname ::= [A-Za-z_$@] [A-Za-z0-9_.$@-]{0,40} ("[" [A-Za-z0-9_]{0,40} "]")?
literal ::= "\"" [^"\\\n]{0,60} "\"" | number | "true" | "false" | "null" | "[]"
number ::= "-"? [0-9]{1,9} ("." [0-9]{1,4})?
name ::= [A-Za-z] [A-Za-z0-9_.]{0,40}
text ::= [^\n]{1,160}
"""


def sketch_grammar(*, begun: bool) -> str:
    """GBNF for a whole sketch, or, when it is `begun`, for the lines after a finished one. The last line has no newline."""
    if begun:
        return f'root ::= line ("\\n" line)*\n{_RULES}'
    route = '("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS") " /" [A-Za-z0-9_.~{}/:-]{0,120}'
    return f'root ::= route ("\\n" line)+\nroute ::= {route}\n{_RULES}'
