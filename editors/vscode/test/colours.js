// Colours policies with the engine that VS Code has, and tells what each of the asked-for words is: `node test/colours.js FILE…`
// colours whole files, and without files an example with what is expected of it.

const fs = require("fs");
const path = require("path");
const modules = process.env.OPPORTUNE_TEST_MODULES;
const load = (name) => require(modules ? path.join(modules, name) : name);
const { Registry, INITIAL, parseRawGrammar } = load("vscode-textmate");
const oniguruma = load("vscode-oniguruma");

const grammar = path.join(__dirname, "../syntaxes/opportune.tmLanguage.json");
const wasm = path.join(path.dirname(require.resolve(modules ? path.join(modules, "vscode-oniguruma") : "vscode-oniguruma")), "onig.wasm");

const EXAMPLE = `/// Tea for those who like it.
offer tea for each category c of product {
  about "Not a { hole"
  eligible when big and count(purchase in last 30 days where spend > 5 USD) >= 2 // often
  timing from 2026-11-01, between 18:00 and 21:00
  because "Hello {first_name}, {{ and {last(purchase where c = "TEA").at as date}"
}

events purchase {
  at bought: instant
  spend: money(USD)   private
}

test "tea" {
  given { purchase: [{ bought: now - 3 days, spend: 5 USD }] }
  expect not tea because "big"
}
`;

// Line, word, and the end of its last scope.
const EXPECTED = [
  [0, "/// Tea for those who like it.", "comment.line.documentation"],
  [1, "offer", "keyword.declaration"],
  [1, "tea", "entity.name.type"],
  [2, "Not a { hole", "string.quoted.double"],
  [3, "and", "keyword.operator.word"],
  [3, "count", "support.function"],
  [3, "30", "constant.numeric"],
  [3, "days", "keyword.other.unit"],
  [3, "USD", "keyword.other.unit"],
  [3, "// often", "comment.line.double-slash"],
  [4, "2026-11-01", "constant.numeric.date"],
  [4, "18:00", "constant.numeric.time"],
  [5, "Hello ", "string.quoted.double"],
  [5, "{{", "constant.character.escape"],
  [5, "last", "support.function"],
  [5, "where", "keyword.operator.word"],
  [5, "TEA", "string.quoted.double"],
  [9, "at", "storage.modifier"],
  [9, "bought", "variable.other.member"],
  [9, "instant", "support.type"],
  [10, "money", "support.type"],
  [10, "private", "storage.modifier"],
  [14, "bought", "variable.other.member"],
  [14, "now", "constant.language"],
  [15, "not", "keyword.operator.word"],
  [15, "because", "keyword.other"],
];

async function engine() {
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const onigLib = Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  });
  const loadGrammar = async () => parseRawGrammar(fs.readFileSync(grammar, "utf8"), grammar);
  return new Registry({ onigLib, loadGrammar }).loadGrammar("source.opportune");
}

function colour(engine, text) {
  let state = INITIAL;
  return text.split(/\r?\n/).map((line) => {
    const found = engine.tokenizeLine(line, state);
    state = found.ruleStack;
    return found.tokens.map((token) => ({ text: line.slice(token.startIndex, token.endIndex), scopes: token.scopes }));
  });
}

async function main() {
  const colours = await engine();
  const files = process.argv.slice(2);
  for (const file of files) {
    const lines = colour(colours, fs.readFileSync(file, "utf8"));
    // Nothing runs on beyond its line: the last scope of a file is the file's own.
    const last = lines[lines.length - 1] || [];
    if (last.some((token) => token.scopes.length > 1)) throw new Error(`${file}: something is not closed at its end`);
  }
  const lines = colour(colours, EXAMPLE);
  const wrong = EXPECTED.filter(([line, text, scope]) => {
    const token = lines[line].find((token) => token.text.trim() === text.trim());
    return !token || !token.scopes.some((found) => found.startsWith(scope));
  });
  if (wrong.length) {
    wrong.forEach(([line, text, scope]) => console.error(`line ${line + 1}: \`${text}\` is no ${scope}: ${JSON.stringify(lines[line])}`));
    process.exit(1);
  }
  console.log(`${EXPECTED.length} words of the example and ${files.length} files are coloured`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
