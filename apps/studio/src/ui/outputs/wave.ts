/** Samples from -1 to 1 as a WAV file of 16 bits, which every browser plays. */
export function writeWave(samples: Float32Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  const rate = Math.round(sampleRate);
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => {
    const level = Number.isNaN(sample) ? 0 : Math.max(-1, Math.min(1, sample));
    view.setInt16(44 + 2 * i, Math.round(level * 32767), true);
  });
  return bytes;
}

/** The lowest and the highest sample in each of some stretches of equal length: what a waveform is drawn from. */
export function envelope(samples: Float32Array, stretches: number): { low: number; high: number }[] {
  const count = Math.min(stretches, samples.length);
  return Array.from({ length: count }, (_, i) => {
    let low = Infinity;
    let high = -Infinity;
    const end = Math.floor(((i + 1) * samples.length) / count);
    for (let at = Math.floor((i * samples.length) / count); at < end; at++) {
      const sample = samples[at] ?? 0;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    return low > high ? { low: 0, high: 0 } : { low, high };
  });
}
