import type { ChatMessage, PreTrainedTokenizer } from '../../tokenizers/index.ts';
import { FinetuneError } from './finetuneError.ts';

/** From and to which character of a text something goes. */
export type Span = readonly [start: number, end: number];

/** A conversation as a model sees it, and which of it are answers. */
export interface ChatText {
  readonly text: string;
  readonly answers: readonly Span[];
}

/** Characters for nobody's use, which mark what a template says is an answer. */
const [OPEN, CLOSE] = ['\ue0f0', '\ue0f1'];

const generationTag = /\{%(-?)\s*(end)?generation\s*(-?)%\}/g;

/** A template in which what lies between `{% generation %}` and `{% endgeneration %}` is marked in the text. */
const marked = (template: string): string =>
  template.replace(
    generationTag,
    (_, before: string, end: string | undefined, after: string) =>
      `{{${before} "${end ? CLOSE : OPEN}" ${after}}}`,
  );

function fromMarks(text: string): ChatText {
  const answers: Span[] = [];
  let plain = '';
  let start = 0;
  for (const part of text.split(/([\ue0f0\ue0f1])/)) {
    if (part === OPEN) start = plain.length;
    else if (part === CLOSE) answers.push([start, plain.length]);
    else plain += part;
  }
  return { text: plain, answers };
}

/**
 * A conversation in the tokenizer's chat template, and where its answers lie. A template with `{% generation %}` says so
 * itself, as in transformers. Of others an answer is what its message adds to the text of those before it with the beginning
 * of an answer, the sign that ends it included.
 * @throws FinetuneError when no message is an answer, or a template changes what came before
 */
export function chatText(
  tokenizer: PreTrainedTokenizer,
  messages: readonly ChatMessage[],
  where: string,
): ChatText {
  if (!messages.some(({ role }) => role === 'assistant')) {
    throw new FinetuneError(
      `${where}: no message has the role 'assistant', and answers are what is learned.`,
    );
  }
  const template = tokenizer.chatTemplates.get('default');
  if (template !== undefined && new RegExp(generationTag.source).test(template)) {
    if (/[\ue0f0\ue0f1]/.test(JSON.stringify(messages))) {
      throw new FinetuneError(
        `${where}: a message has one of the characters U+E0F0 and U+E0F1, which are used as marks here.`,
      );
    }
    return fromMarks(
      tokenizer.applyChatTemplate(messages, { tokenize: false, chatTemplate: marked(template) }),
    );
  }
  const text = tokenizer.applyChatTemplate(messages, { tokenize: false });
  const answers: Span[] = [];
  for (const [i, { role }] of messages.entries()) {
    if (role !== 'assistant') continue;
    const before = tokenizer.applyChatTemplate(messages.slice(0, i), {
      tokenize: false,
      addGenerationPrompt: true,
    });
    const after = tokenizer.applyChatTemplate(messages.slice(0, i + 1), { tokenize: false });
    if (!after.startsWith(before) || !text.startsWith(after)) {
      throw new FinetuneError(
        `${where}: the chat template writes earlier messages otherwise once there is an answer, so that nobody can tell which ` +
          'of it is the answer; put {% generation %} and {% endgeneration %} around answers in it.',
      );
    }
    answers.push([before.length, after.length]);
  }
  return { text, answers };
}
