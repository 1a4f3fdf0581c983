import { z } from 'zod';
import {
  EngineClosedError,
  InputError,
  NoChatTemplateError,
  PromptTooLongError,
  QueueFullError,
  TextTooLongError,
} from '../transformers/endpoint/index.ts';

/** An answer that is an error, in OpenAI's shape. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 429 | 500 | 503;
  readonly code: string | null;
  /** The field that is wrong. */
  readonly param: string | null;

  constructor(
    status: Refusal['status'],
    message: string,
    { code = null, param = null }: { readonly code?: string | null; readonly param?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  get body(): object {
    const { message, param, code, status } = this;
    return { error: { message, type: typeOf(status), param, code } };
  }
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** What an error is to who asked. What is wrong in here is told as that, without what may be inside. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const param = issue?.path.join('.') || null;
    return new Refusal(400, `${param ?? 'The request'}: ${issue?.message ?? 'is wrong'}`, { param });
  }
  if (error instanceof PromptTooLongError || error instanceof TextTooLongError) {
    return new Refusal(400, error.message, { code: 'context_length_exceeded' });
  }
  if (error instanceof InputError || error instanceof NoChatTemplateError || error instanceof RangeError) {
    return new Refusal(400, error.message);
  }
  if (error instanceof QueueFullError) return new Refusal(429, error.message, { code: 'queue_full' });
  if (error instanceof EngineClosedError) return new Refusal(503, error.message, { code: 'closing' });
  return new Refusal(500, 'Something went wrong in here; the server says what.', { code: 'internal' });
}
