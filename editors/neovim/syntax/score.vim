" Made by editors/highlighting.py from grammar/scoredsl.lark.
if exists("b:current_syntax") | finish | endif
syntax case match
syntax match scoreFunction ~\v\C%([0-9A-Za-z_.])@<!%(distinct%(\s+%([A-Za-z_][0-9A-Za-z_.]*|`[^`\n]*`)\s+of%(\w|\.\w)@!)@=|latest%(\s+%([A-Za-z_][0-9A-Za-z_.]*|`[^`\n]*`)\s+of%(\w|\.\w)@!)@=|first%(\s+%([A-Za-z_][0-9A-Za-z_.]*|`[^`\n]*`)\s+of%(\w|\.\w)@!)@=|has%(\s+["`A-Za-z_]|\s*\()@=|no%(\s+["`A-Za-z_]|\s*\()@=|round%(\s*\()@=|of%(\w|\.\w)@!|max%(\s*\()@=|min%(\s*\()@=)~
syntax match scoreKeyword ~\v\C%([0-9A-Za-z_.])@<!%(subtract%(\w|\.\w)@!|becomes%(\w|\.\w)@!|points?%(\w|\.\w)@!|times?%(\w|\.\w)@!|above%(\w|\.\w)@!|decay%(\w|\.\w)@!|reset%(\w|\.\w)@!|until%(\w|\.\w)@!|from%(\w|\.\w)@!|once%(\w|\.\w)@!|tier%(\w|\.\w)@!|add%(\w|\.\w)@!|per%(\w|\.\w)@!|as%(\w|\.\w)@!|at%(\w|\.\w)@!|by%(\w|\.\w)@!)~
syntax match scoreOperator ~\v\C%([0-9A-Za-z_.])@<!%(contains%(\w|\.\w)@!|between%(\w|\.\w)@!|matches%(\w|\.\w)@!|and%(\w|\.\w)@!|not%(\w|\.\w)@!|in%(\w|\.\w)@!|or%(\w|\.\w)@!)~
syntax match scoreStatement ~\v\C%([0-9A-Za-z_.])@<!%(without%(\w|\.\w)@!|every%(\s+[0-9])@=|within%(\w|\.\w)@!|after%(\w|\.\w)@!|apart%(\w|\.\w)@!|where%(\w|\.\w)@!|else%(\w|\.\w)@!|then%(\w|\.\w)@!|when%(\w|\.\w)@!|with%(\w|\.\w)@!|if%(\w|\.\w)@!)~
syntax match scoreConstant ~\v\C%([0-9A-Za-z_.])@<!%(excluded%(\w|\.\w)@!|false%(\w|\.\w)@!|none%(\w|\.\w)@!|true%(\w|\.\w)@!|any%(\w|\.\w)@!)~
syntax match scoreFunction ~\v\C%([0-9A-Za-z_.])@<!%(days\s+since\s+last%(\s*[("]|\s+[A-Za-z_`])@=|inactive\s+for%(\s+[0-9])@=|average\s+of%(\w|\.\w)@!|days\s+since%(\w|\.\w)@!|days\s+until%(\w|\.\w)@!|highest\s+of%(\w|\.\w)@!|lowest\s+of%(\w|\.\w)@!|count\s+of%(\w|\.\w)@!|sum\s+of%(\w|\.\w)@!)~
syntax match scoreKeyword ~\v\C%([0-9A-Za-z_.])@<!%(decay\s+by\s+half\s+every%(\w|\.\w)@!|decay\s+to\s+zero\s+over%(\w|\.\w)@!|until\s+below%(\w|\.\w)@!|but\s+not\s+above%(\w|\.\w)@!|but\s+not\s+below%(\w|\.\w)@!|unless\s+repeated%(\w|\.\w)@!|expire\s+after%(\w|\.\w)@!|never\s+expire%(\w|\.\w)@!|never\s+decay%(\w|\.\w)@!|for\s+good%(\w|\.\w)@!|at\s+most%(\w|\.\w)@!|ends\s+on%(\w|\.\w)@!|set\s+to%(\w|\.\w)@!|up\s+to%(\w|\.\w)@!)~
syntax match scoreOperator ~\v\C%([0-9A-Za-z_.])@<!%(contains\s+any\s+word\s+of%(\w|\.\w)@!|contains\s+any\s+of%(\w|\.\w)@!|contains\s+word%(\w|\.\w)@!|in\s+last%(\s+[0-9])@=|in\s+next%(\s+[0-9])@=|not\s+in%(\w|\.\w)@!|starts\s+with%(\w|\.\w)@!|is\s+missing%(\w|\.\w)@!|ends\s+with%(\w|\.\w)@!|is\s+known%(\w|\.\w)@!)~
syntax match scoreStatement ~\v\C%([0-9A-Za-z_.])@<!%(inactivity\s+of%(\w|\.\w)@!|else\s+when%(\w|\.\w)@!|with\s+same%(\w|\.\w)@!|of\s+inactivity%(\w|\.\w)@!)~
syntax match scoreStatement ~\v\C%(%(^|;)\s*)@<=%(given\s+profile%(\w|\.\w)@!|expect%(\w|\.\w)@!|given%(\w|\.\w)@!|when%(\w|\.\w)@!|on%(\w|\.\w)@!)~
syntax match scoreStructure ~\v\C%(%(^|;)\s*)@<=%(start\s+at%(\w|\.\w)@!|threshold%(\w|\.\w)@!|timezone%(\w|\.\w)@!|exclude%(\w|\.\w)@!|maximum%(\w|\.\w)@!|minimum%(\w|\.\w)@!|profile%(\w|\.\w)@!|define%(\w|\.\w)@!|events%(\w|\.\w)@!|ignore%(\w|\.\w)@!|import%(\w|\.\w)@!|event%(\w|\.\w)@!|group%(\w|\.\w)@!|label%(\w|\.\w)@!|score%(\w|\.\w)@!|grid%(\w|\.\w)@!|test%(\w|\.\w)@!|tier%(\w|\.\w)@!)~
syntax match scoreType ~\v\C%([0-9A-Za-z_`]\s)@<=%(number|text|boolean|time|list)%(\w|\.\w)@!%(\s*%(,|;|#|$))@=~
syntax match scoreType ~\v\C%([0-9A-Za-z_.])@<!text\s+one\s+of%(\w|\.\w)@!~
syntax match scoreConstant ~\v\C%(per\s)@<=%(%(day|week|month|year)%(\w|\.\w)@!)~
syntax match scoreNumber ~\v\C%([0-9A-Za-z_.])@<![0-9][0-9_]*%(\.[0-9][0-9_]*)?%([0-9A-Za-z_.])@!~
syntax match scoreNumber ~\v\C%([0-9A-Za-z_.])@<![0-9][0-9_]*%(\.[0-9][0-9_]*)?\%~
syntax match scoreNumber ~\v\C%([0-9A-Za-z_.])@<![0-9][0-9_]*[smhdw]%(\w|\.\w)@!~
syntax match scoreNumber ~\v\C%([0-9A-Za-z_.])@<![0-9]{4}-[0-9]{2}-[0-9]{2}%([T ][0-9]{2}:[0-9]{2}%(:[0-9]{2}%(\.[0-9]+)?)?%(Z|[+-][0-9]{2}:?[0-9]{2})?)?%([0-9A-Za-z_:.])@!~
syntax match scoreString ~\v\C%(matches\s)@<=\/%(\\.|[^/\\\n])+\/~
syntax match scoreIdentifier ~\v\C%([0-9A-Za-z_.])@<!%(lead\.`[^`\n]+`|`[^`\n]+`)~
syntax region scoreString start=~"~ skip=~\\["\\]~ end=~"~ oneline
syntax match scoreComment ~#.*$~ contains=@Spell
highlight default link scoreComment Comment
highlight default link scoreString String
highlight default link scoreNumber Number
highlight default link scoreConstant Constant
highlight default link scoreStatement Statement
highlight default link scoreKeyword Keyword
highlight default link scoreOperator Operator
highlight default link scoreStructure Structure
highlight default link scoreFunction Function
highlight default link scoreType Type
highlight default link scoreIdentifier Identifier
let b:current_syntax = "score"
