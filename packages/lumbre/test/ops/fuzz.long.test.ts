import { describe, expect, test } from 'vitest';
import { deviceNames } from '../../src/runtime/devices.ts';
import { fuzz } from '../support/fuzz/fuzz.ts';

// The seeds of the short test come before these.
const FIRST = 1000;
const CHUNK = 500;
const CHUNKS = 20;
/** One bug often fails many programs; a few reports are enough. */
const MOST_REPORTS = 3;

describe('10,000 random programs', () => {
  test.each(Array.from({ length: CHUNKS }, (_, i) => FIRST + i * CHUNK))('seeds from %i', (first) => {
    const reports: string[] = [];
    let withoutGradients = 0;
    for (let seed = first; seed < first + CHUNK && reports.length < MOST_REPORTS; seed++) {
      const { failures, withoutGradients: left } = fuzz(seed, deviceNames());
      reports.push(...failures);
      if (left) withoutGradients++;
    }
    expect(reports.join('\n\n')).toBe('');
    // Programs are built so that their gradients can be compared.
    expect(withoutGradients).toBeLessThan(0.05 * CHUNK);
  });
});
