import { DataSetError } from '../data/index.ts';

/** For a file that sharp cannot read. */
export function damagedPicture(name: string, cause: unknown): DataSetError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  return new DataSetError(
    'data.damaged',
    `${name} is no picture that can be read (${reason}). Replace it, or take it out of the folder.`,
    { name, reason },
    { cause },
  );
}
