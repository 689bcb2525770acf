-- Drives a real Neovim, 0.7 or newer, with the files of editors/neovim; writes what it saw as JSON to $OUT.
local get_clients = vim.lsp.get_clients or vim.lsp.get_active_clients
local newer = vim.fn.has("nvim-0.8") == 1
local out = {}
local function finish(code)
  local file = assert(io.open(os.getenv("OUT"), "w"))
  file:write(vim.json.encode(out))
  file:close()
  vim.cmd("cquit " .. code)
end

-- The words of $COLOURS and their groups, line by line, without those that have none.
local function colours()
  vim.cmd("edit " .. os.getenv("COLOURS"))
  local seen = {}
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local words, before = {}, ""
    for column = 1, #line do
      local group = vim.fn.synIDattr(vim.fn.synID(number, column, 1), "name")
      if group ~= "" and group == before then
        words[#words][1] = words[#words][1] .. line:sub(column, column)
      elseif group ~= "" then
        table.insert(words, { line:sub(column, column), group })
      end
      before = group
    end
    table.insert(seen, words)
  end
  return seen
end

local ok, problem = xpcall(function()
  out.colours = colours()
  vim.cmd("edit " .. os.getenv("RULES"))
  local buffer = vim.api.nvim_get_current_buf()
  out.filetype = vim.bo[buffer].filetype
  assert(vim.wait(60000, function()
    local client = get_clients({ bufnr = buffer })[1]
    return client ~= nil and client.initialized
  end, 20), "the server did not start")
  local client = get_clients({ bufnr = buffer })[1]
  out.encoding = client.offset_encoding
  out.root = client.config.root_dir
  local function diagnostics(count)
    assert(vim.wait(60000, function() return #vim.diagnostic.get(buffer) == count end, 20), "diagnostics")
    return vim.tbl_map(function(d)
      return { line = d.lnum, first = d.col, last = d.end_col, code = d.code or d.user_data.lsp.code }
    end, vim.diagnostic.get(buffer))
  end
  out.diagnostics = diagnostics(1)
  local function ask(method, line, character)
    local params = { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = line, character = character } }
    for _, answer in pairs(assert(vim.lsp.buf_request_sync(buffer, method, params, 60000), method)) do
      return answer.result
    end
  end
  out.hover = ask("textDocument/hover", 2, 6).contents.value
  out.completion = vim.tbl_map(function(item) return item.label end, ask("textDocument/completion", 2, 5).items)
  vim.api.nvim_win_set_cursor(0, { 3, 6 })
  vim.lsp.buf.rename("looked")
  assert(vim.wait(60000, function()
    return vim.api.nvim_buf_get_lines(buffer, 2, 3, false)[1]:find("looked") ~= nil
  end, 20), "rename")
  if not newer then
    diagnostics(1)
    vim.lsp.buf.formatting_sync(nil, 60000)
    out.text = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
    return
  end
  vim.api.nvim_win_set_cursor(0, { 4, 12 })
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.title:find("Write looked") ~= nil end })
  assert(vim.wait(60000, function()
    return vim.api.nvim_buf_get_lines(buffer, 3, 4, false)[1]:find("looked add") ~= nil
  end, 20), "code action")
  diagnostics(0)
  vim.lsp.buf.format({ async = false, timeout_ms = 60000 })
  out.text = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end, debug.traceback)
if not ok then out.problem = problem end
finish(ok and 0 or 1)
