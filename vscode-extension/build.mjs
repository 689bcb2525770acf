// Bundles the extension and the script of its panel into dist/. `--watch` goes on doing so.
import { context } from 'esbuild';

const common = { bundle: true, minify: true, logLevel: 'info', legalComments: 'eof' };
const builds = [
  { ...common, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'], format: 'cjs', platform: 'node', target: 'node20' },
  { ...common, entryPoints: ['src/panel/preview.ts'], outfile: 'dist/preview.js', format: 'iife', platform: 'browser', target: 'es2022' },
];

for (const options of builds) {
  const build = await context(options);
  if (process.argv.includes('--watch')) {
    await build.watch();
  } else {
    await build.rebuild();
    await build.dispose();
  }
}
