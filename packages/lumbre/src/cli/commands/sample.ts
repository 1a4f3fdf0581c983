import { gridOf, type Picture } from '../../data/index.ts';
import { encodeGif } from '../../node/index.ts';
import type { Creation } from '../../recipes/index.ts';
import { CliError, usageError } from '../errors.ts';
import { writeAtomic } from '../files.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';
import { comfortableScale, encodeEnlarged } from '../pictureFiles.ts';
import { showSheet } from '../pictures.ts';
import { freeFile, nameFromPath } from '../run.ts';

export interface SampleOptions {
  /** How many; the ways or stops of an interpolation or a walk. */
  readonly count?: number;
  /** From one picture to another, instead of a grid. */
  readonly interpolate: boolean;
  /** A film through latent space, instead of a grid. */
  readonly walk: boolean;
  /** Frames of a film, or pictures of a way. */
  readonly frames?: number;
  /** From noise to a picture. */
  readonly samplingSteps?: number;
  readonly label?: number;
  readonly seed?: number;
  readonly temperature?: number;
  readonly out?: string;
  readonly json: boolean;
  readonly device: string;
}

const defaults = { count: 64, ways: 8, way: 12, stops: 6, frames: 72, pieces: 1 } as const;

/** What was made: the file, and a picture of it to show in the terminal. */
interface Made {
  readonly extension: 'png' | 'gif' | 'mid';
  readonly bytes: Uint8Array;
  readonly shown?: Picture;
}

/** A model that makes pictures can do it in more than one way. */
async function makePictures(
  name: string,
  creation: Creation,
  options: SampleOptions,
  context: Context,
): Promise<Made> {
  const { count, seed, label, temperature, samplingSteps, frames, interpolate, walk } = options;
  const painting = { seed, label, temperature, samplingSteps, signal: context.signal };
  const missing = (option: string) => usageError((messages) => messages.cannotDo(name, option));
  if (walk) {
    if (!creation.walk) throw missing('--walk');
    const film = await creation.walk({
      ...painting,
      count: count ?? defaults.stops,
      frames: frames ?? defaults.frames,
    });
    const width = (film[0] as Picture).shape[1];
    const scale = Math.max(1, Math.floor(comfortableScale(width) / 3));
    return { extension: 'gif', bytes: await encodeGif(film, { scale }), shown: film[0] };
  }
  if (interpolate) {
    if (!creation.interpolate) throw missing('--interpolate');
    const steps = frames ?? defaults.way;
    const rows = await creation.interpolate({ ...painting, count: count ?? defaults.ways, steps });
    const sheet = gridOf(rows.flat(), { columns: steps });
    return { extension: 'png', bytes: await encodeEnlarged(sheet), shown: sheet };
  }
  const pictures = await (creation.paint as NonNullable<Creation['paint']>)({
    ...painting,
    count: count ?? defaults.count,
  });
  const sheet = gridOf(pictures);
  return { extension: 'png', bytes: await encodeEnlarged(sheet), shown: sheet };
}

/** A file for each of several pieces: `a.mid`, `a-2.mid`, … */
const numbered = (path: string, number: number): string =>
  number === 0 ? path : path.replace(/(\.[^.]*)?$/, `-${number + 1}$1`);

/** `lumbre sample MODEL`: makes pictures, films or music, and says where they are. */
export async function sampleModel(name: string, options: SampleOptions, context: Context): Promise<void> {
  const { output, theme, messages } = context;
  const { creation } = await openFolder(name, options.device);
  try {
    const made: Made[] = [];
    if (creation.paint) made.push(await makePictures(name, creation, options, context));
    else if (creation.compose) {
      const { count = defaults.pieces, seed, temperature } = options;
      const pieces = await creation.compose({ count, seed, temperature, signal: context.signal });
      made.push(...pieces.map((bytes) => ({ extension: 'mid' as const, bytes })));
    } else throw new CliError((messages) => messages.cannotSample(name));
    const extension = made[0]?.extension as Made['extension'];
    const path = options.out ?? freeFile(`${nameFromPath(name)}.${extension}`);
    for (const [number, { bytes, shown }] of made.entries()) {
      const file = numbered(path, number);
      writeAtomic(file, bytes);
      if (options.json) {
        output.write(`${JSON.stringify({ model: name, file })}\n`);
        continue;
      }
      for (const line of shown ? showSheet(shown, context) : []) output.write(`  ${line}\n`);
      output.write(`  ${theme.glow('●')} ${messages.savedFile(file)}\n`);
    }
  } finally {
    creation.dispose();
  }
}
