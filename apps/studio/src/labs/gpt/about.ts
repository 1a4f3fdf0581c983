import { z } from 'zod';
import { dataChoice, limits } from './recipe.ts';

// What the laboratory remembers of a run beside what the command line does: a file more in its folder.

export const ABOUT_FILE = 'studio.json';

export const aboutRun = z.object({
  format: z.literal(1),
  name: z.string().min(1).max(80),
  /** Milliseconds since 1970. */
  created: z.number().nonnegative(),
  /** The file in the folder that its text is in; null where the recipe makes it. */
  textFile: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .nullable(),
  data: dataChoice,
  /** What its samples begin with, and are drawn by. */
  prompt: z.string().max(200),
  sampleSeed: z.number().int().min(limits.sampleSeed[0]).max(limits.sampleSeed[1]),
});
export type AboutRun = z.infer<typeof aboutRun>;

export const encodeAbout = (about: AboutRun): string => `${JSON.stringify(about, null, 2)}\n`;

/** What the file says; null where there is none or it says nothing that can be understood. */
export function decodeAbout(bytes: Uint8Array | null): AboutRun | null {
  if (!bytes) return null;
  try {
    const parsed = aboutRun.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
