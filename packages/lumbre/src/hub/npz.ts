import { unzipSync, type Zippable, zipSync } from 'fflate';
import { type NpyOptions, readNpy, writeNpy } from './npy.ts';
import { NpyError } from './npyHeader.ts';
import type { StoredArray } from './storedArray.ts';

export interface NpzOptions extends NpyOptions {
  /** The most bytes that all arrays together may have once they are unpacked. Default 2^31. */
  readonly maximumBytes?: number;
}

/** What an archive needs at least: the record at its end, and one in its directory for each member. */
const END_BYTES = 22;
const MEMBER_BYTES = 46;
/** No deflated byte unpacks to more than this many. */
const LARGEST_RATIO = 1032;

const SUFFIX = '.npy';

/**
 * Reads an archive that numpy.savez or numpy.savez_compressed wrote: arrays by name, in the order of the file.
 * @throws NpyError for a damaged archive, one that unpacks to more than `maximumBytes`, one with members that are no
 *   arrays, and for arrays that `readNpy` refuses.
 */
export function readNpz(bytes: Uint8Array, options: NpzOptions = {}): ReadonlyMap<string, StoredArray> {
  const arrays = new Map<string, StoredArray>();
  for (const [name, member] of unpack(bytes, options.maximumBytes ?? 2 ** 31)) {
    try {
      arrays.set(name, readNpy(member, options));
    } catch (error) {
      if (!(error instanceof NpyError)) throw error;
      throw new NpyError(`${error.message} (array ${JSON.stringify(name)} of the archive)`);
    }
  }
  return arrays;
}

/** The members, without the suffix of their names. What the directory says of them is checked before memory is taken. */
function unpack(bytes: Uint8Array, maximumBytes: number): [name: string, bytes: Uint8Array][] {
  const fail = (message: string): never => {
    throw new NpyError(`npz: ${message}.`);
  };
  if (bytes.length < END_BYTES) fail(`expected a zip archive, got ${bytes.length} bytes`);
  const sizes = new Map<string, number>();
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        const quoted = JSON.stringify(name);
        if (!name.endsWith(SUFFIX)) fail(`member ${quoted} is no .npy array`);
        if (sizes.has(name)) fail(`member ${quoted} occurs twice`);
        if (compression !== 0 && compression !== 8)
          fail(`member ${quoted} is packed in way ${compression}; 0 and 8 are known`);
        if (size > bytes.length || originalSize > (compression === 0 ? size : size * LARGEST_RATIO)) {
          fail(`member ${quoted} claims ${size} bytes that unpack to ${originalSize}, which cannot be`);
        }
        sizes.set(name, originalSize);
        total += originalSize;
        if (total > maximumBytes) {
          fail(`the arrays unpack to more than the ${maximumBytes} bytes that are allowed; see maximumBytes`);
        }
        if (sizes.size * MEMBER_BYTES > bytes.length)
          fail('its directory claims more members than there is room for');
        return true;
      },
    });
  } catch (error) {
    if (error instanceof NpyError) throw error;
    return fail(
      `this is no zip archive, or a damaged one (${error instanceof Error ? error.message : error})`,
    );
  }
  return [...sizes].map(([name, size]) => {
    const member = files[name] as Uint8Array;
    if (member.length !== size) {
      fail(`member ${JSON.stringify(name)} has ${member.length} bytes, and its directory says ${size}`);
    }
    return [name.slice(0, -SUFFIX.length), member];
  });
}

/** Zip archives know no time before this; the same arrays give the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

/**
 * Writes an archive of arrays as numpy.savez does, for numpy.load.
 * @param options.compress whether to deflate, as numpy.savez_compressed does; weights hardly get smaller. Default false.
 * @throws NpyError when a name is taken twice or empty, and for arrays that `writeNpy` refuses.
 */
export function writeNpz(
  arrays: Iterable<readonly [name: string, array: StoredArray]>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array {
  const members: Zippable = Object.create(null);
  for (const [name, array] of arrays) {
    const file = `${name}${SUFFIX}`;
    if (name === '') throw new NpyError('npz: an array needs a name.');
    if (Object.hasOwn(members, file))
      throw new NpyError(`npz: the name ${JSON.stringify(name)} is taken already.`);
    members[file] = [writeNpy(array), { level: compress ? 6 : 0, mtime: NO_TIME }];
  }
  return zipSync(members);
}
