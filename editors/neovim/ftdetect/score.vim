" *.score is taken for a file of slrn otherwise.
autocmd BufRead,BufNewFile *.score set filetype=score
