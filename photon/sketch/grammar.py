"""The notation as a GBNF grammar for llama.cpp, for repeating a line that failed to parse: it costs about 30 % of the speed."""

from __future__ import annotations

_RULES = r"""
line ::= summary | description | id | tags | deprecated | auth | parameters | body | success | error | component
parameters ::= path | query | header | cookie
summary ::= "summary: " text
description ::= "description: " text
id ::= "id: " name
tags ::= "tags: " text
deprecated ::= "deprecated: true"
auth ::= "auth: " ("none" | "bearer" | "basic" | "apiKey" | "oauth2") ("(" [A-Za-z0-9_.:, -]+ ")")?
path ::= "path: " object
query ::= "query: " object
header ::= "header: " object
cookie ::= "cookie: " object
body ::= "body: " ("form " type | "multipart " type | raw | type)
success ::= [23] [0-9] [0-9] ": " ("-" | raw | "sse(" type ")" | type) (" headers " object)?
error ::= [45] [0-9] [0-9] ": " text
component ::= [A-Z] [A-Za-z0-9_]* " = " type
raw ::= ("binary" | "text") ("(" [a-z]+ "/" [A-Za-z0-9.+*-]+ ")")?
type ::= item (" | " item)*
item ::= primary ("[]" range?)*
primary ::= object | "(" type ")" | literal | "map<" type ">" | name range?
range ::= "(" (number? ".." number? | "/" [^/\n]+ "/") ")"
object ::= "{}" | "{ " field (", " field)* " }"
field ::= fieldname "?"? ": " type (" = " literal)?
fieldname ::= [A-Za-z_$@] [A-Za-z0-9_.$@-]* ("[" [A-Za-z0-9_]* "]")?
literal ::= "\"" [^"\\\n]* "\"" | number | "true" | "false" | "null" | "[]"
number ::= "-"? [0-9]+ ("." [0-9]+)?
name ::= [A-Za-z] [A-Za-z0-9_.]*
text ::= [^\n]+
"""


def sketch_grammar(*, begun: bool) -> str:
    """GBNF for a whole sketch, or, when it is `begun`, for the lines after a finished one. The last line has no newline."""
    if begun:
        return f'root ::= line ("\\n" line)*\n{_RULES}'
    route = '("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS") " /" [A-Za-z0-9_.~{}/:-]*'
    return f'root ::= route ("\\n" line)+\nroute ::= {route}\n{_RULES}'
