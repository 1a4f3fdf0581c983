/**
 * Why an endpoint gave no text: `refused` it, with a status; could not be reached (`unreachable`); took too long (`timeout`); was
 * `cut` in the middle; or answered what is no answer (`malformed`).
 */
export type EndpointErrorCode = `endpoint.${'refused' | 'unreachable' | 'timeout' | 'cut' | 'malformed'}`;

/** What went wrong with an endpoint. No message has the key. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly code: EndpointErrorCode;
  /** The HTTP status, where there was one. */
  readonly status: number | null;
  /** What the endpoint calls the request, for its support. */
  readonly requestId: string | null;

  constructor(
    code: EndpointErrorCode,
    message: string,
    options: { status?: number; requestId?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? null;
    this.requestId = options.requestId ?? null;
  }
}
