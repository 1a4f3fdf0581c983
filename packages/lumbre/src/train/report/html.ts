/** A piece of HTML that is safe as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that HTML knows no way to write: controls, and halves of pairs. */
const unwritable = /[^\P{Cc}\t\n\r]|\p{Cs}/gu;

export const escapeHtml = (text: string): string =>
  text.replace(unwritable, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] as string);

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

function written(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(written).join('');
  return value === null || value === undefined || value === false ? '' : escapeHtml(String(value));
}

/** HTML with values in it: texts are escaped, pieces of HTML stay, lists are joined, and what is not there leaves nothing. */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(parts.reduce((text, part, i) => text + written(values[i - 1]) + part));
