import type { DataSource, LoadedData } from '../data/index.ts';
import { estimateMemory, type Recipe, type RecipeConfig, type Workshop } from '../recipes/index.ts';
import { CliError } from './errors.ts';
import { settingsOf, standardSettings } from './settings.ts';

/** WebAssembly's addresses have 32 bits. */
const WASM_BYTES = 2 ** 32;

/** Of a number in 32 bits. */
const BYTES = 4;

/** What a training may use on a device: what is free here and, on `wasm`, what it can address. */
export const availableOn = (device: string): number =>
  device === 'wasm' ? Math.min(WASM_BYTES, process.availableMemory()) : process.availableMemory();

/** The oracle computes with 64 bits, whatever the dtype. */
const factorOf = (device: string): number => (device === 'js' ? 2 : 1);

/** Settings of a training from which sizes follow; others, such as rates, take no memory. */
const isSize = (path: string): boolean => !path.startsWith('train.') || /size|batch/i.test(path);

/**
 * The settings that are larger than the recipe's own or, where they are no numbers, others. A recipe as it is fits: only what
 * goes beyond it need be looked at, which takes as long as reading the data does.
 */
function grown(recipe: Recipe, config: RecipeConfig): string[] {
  const standard = standardSettings(recipe);
  return settingsOf(config).flatMap(([path, value]) => {
    const usual = standard.get(path);
    if (!isSize(path) || usual === value || path === 'data.seed') return [];
    const [now, before] = [Number(value), Number(usual)];
    return usual !== undefined && now <= before ? [] : [path];
  });
}

/** As a number without decimals, which is the same in all languages: 7153 GiB. */
function inBytes(bytes: number): string {
  const units = ['MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes / 2 ** 20;
  let unit = 0;
  while (value >= 10_240 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Math.round(value)}\u00a0${units[unit]}`;
}

/** Reads each data set once. */
function remembering(source: DataSource): DataSource {
  const opened = new Map<string, Promise<LoadedData>>();
  return {
    open(name, options) {
      const known = opened.get(name) ?? source.open(name, options);
      opened.set(name, known);
      return known;
    },
  };
}

/**
 * Finds out whether a training fits into memory, where its settings go beyond its recipe's.
 * @param available bytes; what is free unless given
 * @returns a workshop to go on with, that has the data already
 * @throws CliError when it does not fit
 */
export async function checkMemory(
  recipe: Recipe,
  config: RecipeConfig,
  workshop: Workshop,
  available = availableOn(workshop.device),
): Promise<Workshop> {
  const settings = grown(recipe, config);
  if (settings.length === 0) return workshop;
  const remembered = { ...workshop, data: remembering(workshop.data) };
  const factor = factorOf(workshop.device);
  const { bytes, tooLarge } = await estimateMemory(recipe, config, remembered, available / factor);
  const needed = bytes * factor;
  if (tooLarge === null && needed <= available) return remembered;
  const sizes = settings.filter((path) => !path.startsWith('data.'));
  const names = (sizes.length > 0 ? sizes : settings).join(', ');
  throw new CliError((messages) =>
    tooLarge === null
      ? messages.outOfMemory(inBytes(needed), inBytes(available), names)
      : messages.tensorTooLarge(inBytes(tooLarge * BYTES), inBytes(available), names),
  );
}
