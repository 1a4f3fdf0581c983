import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { highlighter } from '../../build/lessons/highlight.ts';
import type { Locale } from '../i18n/locale.ts';
import { failureMark, type LineFailure, setFailure } from './failureMark.ts';
import { phrases } from './phrases.ts';

export type { LineFailure };

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly code: string;
  readonly readOnly: boolean;
  readonly failure: LineFailure | null;
  readonly label: string;
  /** The id of the element that says how it is used by keyboard. */
  readonly describedBy: string;
  /** What the language service calls it. */
  readonly file: string;
  readonly locale: Locale;
  onChange(code: string): void;
  onRun(): void;
}

/** A mounted editor. */
export interface Editor {
  setCode(code: string): void;
  setReadOnly(readOnly: boolean): void;
  setFailure(failure: LineFailure | null): void;
  focus(): void;
  destroy(): void;
}

/** A change that the page makes: nobody typed it, and the page need not hear of it. */
const fromPage = Annotation.define<true>();

/** Mounts an editor for TypeScript. Its types come after the first focus. */
export function mountEditor(options: EditorOptions): Editor {
  const readOnly = new Compartment();
  const types = new Compartment();
  const run = () => {
    options.onRun();
    return true;
  };
  const only = (on: boolean) => EditorState.readOnly.of(on);
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.code,
      extensions: [
        keymap.of([
          { key: 'Mod-Enter', run, preventDefault: true },
          { key: 'Shift-Enter', run, preventDefault: true },
        ]),
        lineNumbers(),
        history(),
        drawSelection(),
        dropCursor(),
        highlightSpecialChars(),
        indentOnInput(),
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false, maxRenderedOptions: 60 }),
        javascript({ typescript: true }),
        syntaxHighlighting(highlighter),
        failureMark(),
        phrases(options.locale),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          // Tab indents; after Escape it moves on, as CodeMirror has it, so that nobody is trapped.
          indentWithTab,
        ]),
        readOnly.of(only(options.readOnly)),
        types.of([]),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          // Of itself what can be edited is reached by Tab; those who check pages want it said.
          tabindex: '0',
          'aria-describedby': options.describedBy,
          spellcheck: 'false',
          autocapitalize: 'off',
          autocorrect: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.annotation(fromPage)))
            options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });

  let over = false;
  let release = () => {};
  const loadTypes = async () => {
    try {
      const { typeScript } = await import('./typescript/extension.ts');
      if (over) return;
      const service = typeScript(options.file, options.locale);
      release = service.release;
      view.dispatch({ effects: types.reconfigure(service.extension) });
    } catch (error) {
      // Code is written without types as well: nothing that the learner has to be told.
      console.warn(error);
    }
  };
  view.contentDOM.addEventListener('focus', () => void loadTypes(), { once: true });
  if (options.failure) view.dispatch({ effects: setFailure.of(options.failure) });

  return {
    setCode(code) {
      const now = view.state.doc.toString();
      if (code === now) return;
      view.dispatch({
        changes: { from: 0, to: now.length, insert: code },
        annotations: fromPage.of(true),
      });
    },
    setReadOnly: (on) => view.dispatch({ effects: readOnly.reconfigure(only(on)) }),
    setFailure: (failure) => view.dispatch({ effects: setFailure.of(failure) }),
    focus: () => view.focus(),
    destroy() {
      over = true;
      release();
      view.destroy();
    },
  };
}
