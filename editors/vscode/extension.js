// Starts `opportune lsp` for policies and their manifests, and hands everything else to it.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const command = vscode.workspace.getConfiguration("opportune").get("path") || "opportune";
  const server = { command, args: ["lsp"] };
  const options = {
    documentSelector: [
      { scheme: "file", language: "opportune" },
      { scheme: "untitled", language: "opportune" },
      { scheme: "file", pattern: "**/opportune.toml" },
    ],
  };
  client = new LanguageClient("opportune", "Opportune", server, options);
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(`\`${command} lsp\` does not start: ${error.message}. Set "opportune.path".`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop().catch(() => {});
}

exports.activate = async function (context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("opportune.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("opportune.path")) restart();
    }),
  );
  await start();
};

exports.deactivate = stop;
