// What VS Code wants otherwise in completions than other editors.
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

const NAME_TO_FILL_IN = /\$\{1:[a-z_]+\}/;

/**
 * A gap that is to hold a name is empty, and the list of names opens by itself: VS Code would look for the word that
 * stands in the gap, and offer nothing but it.
 */
export const provideCompletionItem: Middleware['provideCompletionItem'] = async (document, position, context, token, next) => {
  const found = await next(document, position, context, token);
  for (const item of Array.isArray(found) ? found : (found?.items ?? [])) {
    if (item.insertText instanceof vscode.SnippetString && NAME_TO_FILL_IN.test(item.insertText.value)) {
      item.insertText.value = item.insertText.value.replace(NAME_TO_FILL_IN, '${1}');
      item.command = { title: 'What may be written here', command: 'editor.action.triggerSuggest' };
    }
  }
  return found;
};
