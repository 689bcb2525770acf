;;; score-mode.el --- Scoring rules, with eglot  -*- lexical-binding: t -*-
;;; Code:
(require 'score-words)

(defvar score-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?` "_" table)
    (modify-syntax-entry ?. "_" table)
    (modify-syntax-entry ?` "_" table)
    (dolist (sign '(?% ?& ?* ?+ ?- ?/ ?< ?= ?>)) (modify-syntax-entry sign "." table))
    table)
  "What the characters of scoring rules are; a dot and a backquote are part of a name.")

;;;###autoload
(define-derived-mode score-mode prog-mode "Score"
  "Major mode for scoring rules."
  (setq-local comment-start "# ")
  ;; A regular expression is a string, so that # and " in it begin nothing.
  (setq-local syntax-propertize-function
              (syntax-propertize-rules
               ("\\_<matches[ \t]+\\(/\\)\\(?:\\\\.\\|[^/\\\n]\\)+\\(/\\)" (1 "|") (2 "|"))))
  (setq-local font-lock-defaults '(score-words)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.score\\'" . score-mode))
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(score-mode . ("scoredsl" "lsp"))))
(add-hook 'score-mode-hook #'eglot-ensure)
(provide 'score-mode)
;;; score-mode.el ends here
