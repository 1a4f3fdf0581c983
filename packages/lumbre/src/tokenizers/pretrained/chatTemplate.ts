import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { shown, TokenizerError } from '../tokenizerError.ts';
import { strftime } from './strftime.ts';

/** One turn of a conversation. Templates may ask for more fields: `tool_calls`, `name`. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

export interface ChatTemplateOptions {
  /** A template, or the name of one of those that the tokenizer has. Default its `default`. */
  readonly chatTemplate?: string;
  /** Ends with what an answer begins with. Default false. */
  readonly addGenerationPrompt?: boolean;
  /** Ends within the last message, which is to be gone on with. Default false. */
  readonly continueFinalMessage?: boolean;
  /** JSON schemas of functions that the model may call. */
  readonly tools?: readonly unknown[] | null;
  /** Texts that the model may look into. */
  readonly documents?: readonly unknown[] | null;
  /** Further variables of the template. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The longest template that is read; published ones have some ten thousand characters. */
const LONGEST = 2 ** 20;

/** How many numbers a template may count through: more is no conversation. */
const MOST_COUNTED = 1_000_000;

const kept = new Map<string, Template>();

function parse(template: string): Template {
  let known = kept.get(template);
  if (!known) {
    if (template.length > LONGEST) {
      throw new TokenizerError(
        `The chat template has ${template.length} characters, and at most ${LONGEST} are read.`,
      );
    }
    try {
      known = new Template(template);
    } catch (error) {
      throw new TokenizerError(
        `The chat template cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (kept.size > 16) kept.clear();
    kept.set(template, known);
  }
  return known;
}

/** `range` for one rendering, which stops a template that would count for ever. */
function boundedRange(): (start: number, stop?: number, step?: number) => number[] {
  let left = MOST_COUNTED;
  return (first, second, third) => {
    const [start, stop] = typeof second === 'number' ? [first, second] : [0, first];
    const step = typeof third === 'number' ? third : 1;
    if (step === 0) throw new TokenizerError('The chat template counts in steps of 0.');
    const count = Math.max(0, Math.ceil((stop - start) / step));
    left -= count;
    if (!(left >= 0))
      throw new TokenizerError(`The chat template counts through more than ${MOST_COUNTED} numbers.`);
    return Array.from({ length: count }, (_, i) => start + i * step);
  };
}

/** As `Template.render`, but for `range`, which must not be declared twice. */
function render({ parsed }: Template, variables: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  const globals: Record<string, unknown> = {
    false: false,
    False: false,
    true: true,
    True: true,
    none: null,
    None: null,
    range: boundedRange(),
    strftime_now: (format: string) => strftime(format, new Date()),
    raise_exception: (message: string) => {
      throw new Error(message);
    },
  };
  for (const [name, value] of Object.entries({ ...variables, ...globals })) environment.set(name, value);
  return String(new Interpreter(environment).run(parsed).value);
}

/**
 * A conversation as one text, as a template says.
 * @throws TokenizerError for a template that cannot be read, or that refuses the conversation
 */
export function renderChatTemplate(
  template: string,
  messages: readonly ChatMessage[],
  specialTokens: Readonly<Record<string, string>>,
  options: Omit<ChatTemplateOptions, 'chatTemplate'> = {},
): string {
  const { addGenerationPrompt = false, continueFinalMessage = false } = options;
  if (continueFinalMessage && addGenerationPrompt) {
    throw new TokenizerError(
      'applyChatTemplate: continueFinalMessage goes on with the last message, and addGenerationPrompt begins another; choose one.',
    );
  }
  let text: string;
  try {
    text = render(parse(template), {
      ...specialTokens,
      ...options.variables,
      messages,
      // Templates ask whether it is defined and not none.
      tools: options.tools ?? null,
      documents: options.documents ?? null,
      add_generation_prompt: addGenerationPrompt,
    });
  } catch (error) {
    if (error instanceof TokenizerError) throw error;
    throw new TokenizerError(
      `The chat template refuses this conversation: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return continueFinalMessage ? upToFinalMessage(text, messages.at(-1)) : text;
}

function upToFinalMessage(text: string, message: ChatMessage | undefined): string {
  let content = message?.content;
  // Content may be a list of parts, of which the last text counts.
  if (Array.isArray(content)) {
    content = content.findLast(
      (part: unknown) => typeof (part as { text?: unknown })?.text === 'string',
    )?.text;
  }
  if (typeof content !== 'string') {
    throw new TokenizerError(
      `applyChatTemplate: continueFinalMessage needs a last message with text, and it is ${shown(content)}.`,
    );
  }
  const at = text.lastIndexOf(content.trim());
  if (at < 0) {
    throw new TokenizerError(
      'applyChatTemplate: the last message does not come in the text of the template, so that it cannot be gone on with.',
    );
  }
  const whole = content.trimStart();
  return text.slice(0, at + (text.startsWith(whole, at) ? whole.length : content.trim().length));
}

/** The template of a tokenizer by name: one, or several with names. */
export function chosenTemplate(templates: ReadonlyMap<string, string>, wanted: string | undefined): string {
  if (wanted !== undefined) return templates.get(wanted) ?? wanted;
  const template = templates.get('default');
  if (template !== undefined) return template;
  throw new TokenizerError(
    templates.size === 0
      ? 'applyChatTemplate: the tokenizer has no chat template; give one as chatTemplate.'
      : `applyChatTemplate: the tokenizer has chat templates by name; choose one as chatTemplate: ${[...templates.keys()].join(', ')}.`,
  );
}
