import { MOST_OUTPUTS } from './output.ts';
import { type Reply, reply } from './protocol.ts';
import { MOST_BYTES, weightOf } from './weight.ts';

/** More messages than an honest worker sends while it answers one request: it stops itself after MOST_OUTPUTS. */
const MOST_MESSAGES = 2 * MOST_OUTPUTS;

/**
 * What comes out of the sandbox passes here, where anything may have been sent: what has not the shape of a reply is dropped, what
 * is too much is dropped, and a sandbox that goes on and on is known by it.
 */
export class Gate {
  #messages = 0;
  #bytes = 0;

  /** A request goes in: the count begins anew. */
  open(): void {
    this.#messages = 0;
    this.#bytes = 0;
  }

  /** Whether more comes than anything honest would send. */
  get flooded(): boolean {
    return this.#messages > MOST_MESSAGES;
  }

  /** The reply in a message; null when it is none, or one too many. */
  admit(message: unknown): Reply | null {
    // What floods is not even looked at: looking takes time.
    if (++this.#messages > MOST_MESSAGES) return null;
    const parsed = reply.safeParse(message);
    if (!parsed.success) return null;
    if (parsed.data.type === 'output') {
      this.#bytes += weightOf(parsed.data.output);
      if (this.#bytes > MOST_BYTES) return null;
    }
    return parsed.data;
  }
}
