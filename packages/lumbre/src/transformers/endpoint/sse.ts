/** The longest line, and the longest event, that is read: what is longer is no answer of a language model. */
export const LONGEST_EVENT = 2 ** 20;

/** What came is no stream of events, or was cut. */
export class EventStreamError extends Error {
  override readonly name = 'EventStreamError';
  readonly code = 'endpoint.eventStream';
}

/**
 * The data of server-sent events (WHATWG HTML, section 9.2), as they come: lines end with CR, LF or both, comments and other
 * fields are passed over. An event that is cut at the end is left out, as the standard has it.
 * @throws EventStreamError for an event that is too long
 */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    let begin = 0;
    for (;;) {
      const end = lineEnd(rest, begin);
      if (end === null) break;
      const line = rest.slice(begin, end.at);
      begin = end.next;
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
        size = 0;
      } else if (line.startsWith('data:')) {
        const value = line.slice(line.startsWith('data: ') ? 6 : 5);
        size += value.length;
        if (size > LONGEST_EVENT) throw tooLong();
        data.push(value);
      } else if (line === 'data') {
        data.push('');
      }
    }
    rest = rest.slice(begin);
    if (rest.length > LONGEST_EVENT) throw tooLong();
  }
}

const tooLong = () =>
  new EventStreamError(
    `The stream has an event of more than ${LONGEST_EVENT} characters; that is no answer.`,
  );

/** Where the line from `begin` on ends. A CR at the end may be followed by the LF that belongs to it. */
function lineEnd(text: string, begin: number): { readonly at: number; readonly next: number } | null {
  const feed = text.indexOf('\n', begin);
  const carriage = text.indexOf('\r', begin);
  if (carriage >= 0 && (feed < 0 || carriage < feed)) {
    if (carriage + 1 === text.length) return null;
    return { at: carriage, next: text[carriage + 1] === '\n' ? carriage + 2 : carriage + 1 };
  }
  return feed < 0 ? null : { at: feed, next: feed + 1 };
}
