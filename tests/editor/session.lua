-- Drives Neovim's own client against `opportune lsp`, and writes what came of it as JSON.
--
-- SNIPPET_OLD, SNIPPET_NEW: what docs/editors.md tells to write into init.lua, for Neovim before 0.11 and from then on; PROJECT:
-- a copy of a project; RESULT: where to write; `opportune` is on the PATH. Each step waits with a bound on time; a step
-- that fails is told in the result, and Neovim ends whatever happens.

local result = { steps = {} }

local function finish()
  local file = io.open(os.getenv("RESULT"), "w")
  file:write(vim.fn.json_encode(result))
  file:close()
  vim.cmd("qa!")
end

local function wait(what, right)
  if not vim.wait(20000, right, 20) then error("nothing came of it in 20 s: " .. what) end
end

local function ask(buffer, method, params)
  local answers, reason = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  if not answers then error(method .. ": " .. tostring(reason)) end
  for _, answer in pairs(answers) do
    local failed = answer.err or answer.error
    if failed then error(method .. ": " .. failed.message) end
    return answer.result
  end
  error(method .. ": no answer")
end

local function open(path)
  vim.cmd("edit " .. vim.fn.fnameescape(os.getenv("PROJECT") .. "/" .. path))
  return vim.api.nvim_get_current_buf()
end

--- Puts the cursor behind the first place of a text, and tells its position.
local function behind(buffer, text, more)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local _, last = line:find(text, 1, true)
    if last then
      vim.api.nvim_win_set_cursor(0, { number, last - 1 })
      local params = vim.lsp.util.make_position_params()
      params.position.character = params.position.character + 1 + (more or 0)
      return params, number
    end
  end
  error("no `" .. text .. "` in the text")
end

local function replace(buffer, old, new)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  for number, line in ipairs(lines) do
    local first, last = line:find(old, 1, true)
    if first then
      local changed = line:sub(1, first - 1) .. new .. line:sub(last + 1)
      vim.api.nvim_buf_set_lines(buffer, number - 1, number, false, { changed })
      return
    end
  end
  error("no `" .. old .. "` in the text")
end

local function said(buffer)
  return vim.tbl_map(function(found)
    return found.message
  end, vim.diagnostic.get(buffer))
end

local function step(name, run)
  local fine, reason = pcall(run)
  table.insert(result.steps, { name = name, fine = fine, reason = not fine and tostring(reason) or nil })
  if not fine then
    finish()
    return false
  end
  return true
end

local offers, client

local steps = {
  { "attach", function()
    vim.cmd("luafile " .. vim.fn.fnameescape(os.getenv(vim.fn.has("nvim-0.11") == 1 and "SNIPPET_NEW" or "SNIPPET_OLD")))
    offers = open("offers/service.offer")
    wait("the server starts", function()
      for _, found in pairs(vim.lsp.buf_get_clients(offers)) do
        client = found.id
        return found.initialized
      end
      return false
    end)
  end },
  { "a mistake is shown", function()
    replace(offers, "eligible when active", "eligible when actve")
    wait("a diagnostic", function()
      return #vim.diagnostic.get(offers) > 0
    end)
    result.mistake = said(offers)
    replace(offers, "eligible when actve", "eligible when active")
    wait("no diagnostic", function()
      return #vim.diagnostic.get(offers) == 0
    end)
  end },
  { "a mistake is mended", function()
    replace(offers, "eligible when active", "eligible when actve")
    wait("a diagnostic", function()
      return #vim.diagnostic.get(offers) > 0
    end)
    local params = behind(offers, "eligible when act")
    params.range = { start = params.position, ["end"] = params.position }
    params.context = { diagnostics = {} }
    local actions = ask(offers, "textDocument/codeAction", params)
    result.action = actions[1].title
    vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
    wait("no diagnostic", function()
      return #vim.diagnostic.get(offers) == 0
    end)
    behind(offers, "eligible when active")
  end },
  { "tokens", function()
    local params = { textDocument = vim.lsp.util.make_text_document_params(offers) }
    local legend = vim.lsp.get_client_by_id(client).server_capabilities.semanticTokensProvider.legend
    local data = ask(offers, "textDocument/semanticTokens/full", params).data
    result.tokens = {}
    for at = 4, #data, 5 do
      local kind = legend.tokenTypes[data[at] + 1]
      result.tokens[kind] = (result.tokens[kind] or 0) + 1
    end
    -- A second file of the project is served by the same server.
    local segments = open("segments.offer")
    wait("the server serves it too", function()
      return #vim.tbl_values(vim.lsp.buf_get_clients(segments)) == 1
    end)
    result.servers = #vim.lsp.get_active_clients()
    vim.api.nvim_set_current_buf(offers)
  end },
  { "hover", function()
    result.hover = ask(offers, "textDocument/hover", behind(offers, "eligible when activ")).contents.value
  end },
  { "completion", function()
    replace(offers, "eligible when active", "eligible when not customer.")
    local params = behind(offers, "eligible when not customer.")
    local found = ask(offers, "textDocument/completion", params)
    result.completed = vim.tbl_map(function(item)
      return item.label
    end, found.items)
    replace(offers, "eligible when not customer.", "eligible when active")
  end },
  { "definition", function()
    local place = ask(offers, "textDocument/definition", behind(offers, "eligible when activ"))
    result.defined = vim.fn.fnamemodify(vim.uri_to_fname(place.uri), ":t")
  end },
  { "rename over files", function()
    local params = behind(offers, "eligible when activ")
    params.newName = "still_comes"
    local changes = ask(offers, "textDocument/rename", params)
    vim.lsp.util.apply_workspace_edit(changes, "utf-16")
    result.renamed = {}
    for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
      local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
      local _, count = text:gsub("still_comes", "")
      local _, left = text:gsub("%f[%w_]active%f[^%w_]", "")
      if count > 0 then
        result.renamed[vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":t")] = { new = count, old = left }
      end
    end
    vim.cmd("silent wall")
  end },
  { "format", function()
    vim.api.nvim_set_current_buf(offers)
    replace(offers, "  eligible when still_comes", "      eligible   when   still_comes")
    local edits = ask(offers, "textDocument/formatting", vim.lsp.util.make_formatting_params())
    vim.lsp.util.apply_text_edits(edits, offers, "utf-16")
    local text = vim.api.nvim_buf_get_lines(offers, 0, -1, false)
    result.formatted = vim.tbl_filter(function(line)
      return line:find("eligible when still_comes", 1, true) ~= nil
    end, text)
  end },
  { "end", function()
    local found = vim.lsp.get_client_by_id(client)
    found.stop()
    wait("the server ends", function()
      return found.is_stopped()
    end)
  end },
}

for _, entry in ipairs(steps) do
  if not step(entry[1], entry[2]) then return end
end
finish()
