import { EditorState, type Extension } from '@codemirror/state';
import type { Locale } from '../i18n/locale.ts';

/** What CodeMirror says, mostly to screen readers, in Spanish. English is what it is written in. */
const spanish: Readonly<Record<string, string>> = {
  'Control character': 'Carácter de control',
  Completions: 'Sugerencias',
  Diagnostics: 'Avisos',
  'No diagnostics': 'Sin avisos',
  'current match': 'coincidencia actual',
  close: 'cerrar',
  'Selection deleted': 'Selección borrada',
};

export const phrases = (locale: Locale): Extension =>
  locale === 'es' ? EditorState.phrases.of({ ...spanish }) : [];
