;;; score-words.el --- Words of scoring rules  -*- lexical-binding: t -*-
;; Made by editors/highlighting.py from grammar/scoredsl.lark.
;;; Code:
(defconst score-words
  '(
    ("\\_<\\(\\(?:lead\\.`[^`\n]+`\\|`[^`\n]+`\\)\\)" 1 font-lock-variable-name-face)
    ("matches[ \t]\\(/\\(?:\\\\.\\|[^/\\\n]\\)+/\\)" 1 font-lock-string-face)
    ("\\_<\\([0-9]\\{4\\}-[0-9]\\{2\\}-[0-9]\\{2\\}\\(?:[T ][0-9]\\{2\\}:[0-9]\\{2\\}\\(?::[0-9]\\{2\\}\\(?:\\.[0-9]+\\)?\\)?\\(?:Z\\|[+-][0-9]\\{2\\}:?[0-9]\\{2\\}\\)?\\)?\\_>\\)" 1 font-lock-constant-face)
    ("\\_<\\([0-9][0-9_]*[smhdw]\\_>\\)" 1 font-lock-constant-face)
    ("\\_<\\([0-9][0-9_]*\\(?:\\.[0-9][0-9_]*\\)?%\\)" 1 font-lock-constant-face)
    ("\\_<\\([0-9][0-9_]*\\(?:\\.[0-9][0-9_]*\\)?\\_>\\)" 1 font-lock-constant-face)
    ("per[ \t]\\(\\(?:\\(?:day\\|week\\|month\\|year\\)\\_>\\)\\)" 1 font-lock-constant-face)
    ("\\_<\\(text[ \t]+one[ \t]+of\\_>\\)" 1 font-lock-type-face)
    ("[0-9A-Za-z_`][ \t]\\(\\(?:number\\|text\\|boolean\\|time\\|list\\)\\_>\\)[ \t]*\\(?:,\\|;\\|#\\|$\\)" 1 font-lock-type-face)
    ("\\(?:^\\|;\\)[ \t]*\\(\\(?:start[ \t]+at\\_>\\|threshold\\_>\\|timezone\\_>\\|exclude\\_>\\|maximum\\_>\\|minimum\\_>\\|profile\\_>\\|define\\_>\\|events\\_>\\|ignore\\_>\\|import\\_>\\|event\\_>\\|group\\_>\\|label\\_>\\|score\\_>\\|grid\\_>\\|test\\_>\\|tier\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\(?:^\\|;\\)[ \t]*\\(\\(?:given[ \t]+profile\\_>\\|expect\\_>\\|given\\_>\\|when\\_>\\|on\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\_<\\(\\(?:inactivity[ \t]+of\\_>\\|else[ \t]+when\\_>\\|with[ \t]+same\\_>\\|of[ \t]+inactivity\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\_<\\(\\(?:contains[ \t]+any[ \t]+word[ \t]+of\\_>\\|contains[ \t]+any[ \t]+of\\_>\\|contains[ \t]+word\\_>\\|in[ \t]+last\\_>\\|in[ \t]+next\\_>\\|not[ \t]+in\\_>\\|starts[ \t]+with\\_>\\|is[ \t]+missing\\_>\\|ends[ \t]+with\\_>\\|is[ \t]+known\\_>\\)\\)" 1 font-lock-builtin-face)
    ("\\_<\\(\\(?:decay[ \t]+by[ \t]+half[ \t]+every\\_>\\|decay[ \t]+to[ \t]+zero[ \t]+over\\_>\\|until[ \t]+below\\_>\\|but[ \t]+not[ \t]+above\\_>\\|but[ \t]+not[ \t]+below\\_>\\|unless[ \t]+repeated\\_>\\|expire[ \t]+after\\_>\\|never[ \t]+expire\\_>\\|never[ \t]+decay\\_>\\|for[ \t]+good\\_>\\|at[ \t]+most\\_>\\|ends[ \t]+on\\_>\\|set[ \t]+to\\_>\\|up[ \t]+to\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\_<\\(\\(?:days[ \t]+since[ \t]+last\\_>\\|inactive[ \t]+for\\_>\\|average[ \t]+of\\_>\\|days[ \t]+since\\_>\\|days[ \t]+until\\_>\\|highest[ \t]+of\\_>\\|lowest[ \t]+of\\_>\\|count[ \t]+of\\_>\\|sum[ \t]+of\\_>\\)\\)" 1 font-lock-function-name-face)
    ("\\_<\\(\\(?:excluded\\_>\\|false\\_>\\|none\\_>\\|true\\_>\\|any\\_>\\)\\)" 1 font-lock-constant-face)
    ("\\_<\\(\\(?:without\\_>\\|every\\_>\\|within\\_>\\|after\\_>\\|apart\\_>\\|where\\_>\\|else\\_>\\|then\\_>\\|when\\_>\\|with\\_>\\|if\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\_<\\(\\(?:contains\\_>\\|between\\_>\\|matches\\_>\\|and\\_>\\|not\\_>\\|in\\_>\\|or\\_>\\)\\)" 1 font-lock-builtin-face)
    ("\\_<\\(\\(?:subtract\\_>\\|becomes\\_>\\|points?\\_>\\|times?\\_>\\|above\\_>\\|decay\\_>\\|reset\\_>\\|until\\_>\\|from\\_>\\|once\\_>\\|tier\\_>\\|add\\_>\\|per\\_>\\|as\\_>\\|at\\_>\\|by\\_>\\)\\)" 1 font-lock-keyword-face)
    ("\\_<\\(\\(?:distinct\\_>\\|latest\\_>\\|first\\_>\\|has\\_>\\|no\\_>\\|round\\_>\\|of\\_>\\|max\\_>\\|min\\_>\\)\\)" 1 font-lock-function-name-face)
  )
  "Patterns of the words of scoring rules and their faces.")
(provide 'score-words)
;;; score-words.el ends here
