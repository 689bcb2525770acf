-- Starts `scoredsl lsp` for scoring rules, in Neovim 0.7 and newer.
local markers = { "scoredsl.toml", ".git" }
local command = { "scoredsl", "lsp" }

if vim.lsp.config then -- 0.11
  vim.lsp.config("scoredsl", { cmd = command, filetypes = { "score" }, root_markers = markers })
  vim.lsp.enable("scoredsl")
  return
end

-- The nearest folder upwards that has one of the markers, or else the one of the file.
local function root(file)
  local here = vim.fn.fnamemodify(file, ":p:h")
  for _, marker in ipairs(markers) do
    local folder = here
    while true do
      if vim.loop.fs_stat(folder .. "/" .. marker) then return folder end
      local above = vim.fn.fnamemodify(folder, ":h")
      if above == folder then break end
      folder = above
    end
  end
  return here
end

local clients = {} -- by folder

-- What Neovim 0.11 does by itself: the same keys there and here.
local function keys(_, buffer)
  vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
  for key, action in pairs({ K = "hover", grn = "rename", gra = "code_action", grr = "references" }) do
    vim.keymap.set("n", key, vim.lsp.buf[action], { buffer = buffer })
  end
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = "score",
  callback = function(opened)
    local folder = root(vim.api.nvim_buf_get_name(opened.buf))
    local id = clients[folder]
    if id == nil or vim.lsp.get_client_by_id(id) == nil then
      id = vim.lsp.start_client({ name = "scoredsl", cmd = command, root_dir = folder, on_attach = keys })
      clients[folder] = id
    end
    if id then vim.lsp.buf_attach_client(opened.buf, id) end
  end,
})
