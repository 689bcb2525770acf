// Reads {name: text} from standard input and writes, for each, what VS Code sees in it before the server answers:
// [line, start, end, scope] of every stretch.
const fs = require('fs');
const path = require('path');
const oniguruma = require('vscode-oniguruma');
const { INITIAL, Registry, parseRawGrammar } = require('vscode-textmate');

const FILE = path.join(__dirname, '..', 'syntaxes', 'score.tmLanguage.json');

async function main() {
  const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(FILE, 'utf8'), FILE),
  });
  const grammar = await registry.loadGrammar('source.score');
  const found = {};
  for (const [name, text] of Object.entries(JSON.parse(fs.readFileSync(0, 'utf8')))) {
    let stack = INITIAL;
    found[name] = text.split('\n').flatMap((line, number) => {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
      stack = ruleStack;
      return tokens.map((token) => [number, token.startIndex, Math.min(token.endIndex, line.length), token.scopes.at(-1)]);
    });
  }
  process.stdout.write(JSON.stringify(found));
}

main();
