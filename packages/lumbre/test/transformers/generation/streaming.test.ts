import { describe, expect, test } from 'vitest';
import {
  StopStringCriteria,
  streamGenerate,
  TextStream,
  TextStreamer,
} from '../../../src/transformers/generation/index.ts';
import { stopping, tinyModel, tinyTokenizer } from './fixture.ts';

const decode = (ids: readonly number[]): string => tinyTokenizer.decode(Int32Array.from(ids));

describe('stop strings end texts where those of transformers do', () => {
  test.each(stopping.map((one) => [JSON.stringify(one.stopStrings), one] as const))('%s', (_, one) => {
    const criterion = new StopStringCriteria(tinyTokenizer, one.stopStrings);
    const tokens = Int32Array.from(one.tokens);
    const ends: number[] = [];
    for (let length = 1; length <= tokens.length; length++) {
      if (criterion.isDone([tokens.subarray(0, length)])[0]) ends.push(length);
    }
    expect(ends).toEqual(one.ends);
  });
});

/** Text without the characters that bytes could not be made of: those may come later, or not at all. */
function checkPieces(pieces: readonly string[], whole: string): void {
  expect(pieces.join('')).toBe(whole);
  for (const piece of pieces) expect(/[\ud800-\udbff]$|^[\udc00-\udfff]/.test(piece)).toBe(false);
}

describe('TextStream', () => {
  test.each(stopping.map(({ tokens }, i) => [i, tokens] as const))(
    'gives the whole text in whole characters, also of broken bytes: text %d',
    (_, tokens) => {
      const stream = new TextStream(tinyTokenizer);
      const pieces = [...tokens.map((token) => stream.push(token)), stream.end()];
      checkPieces(pieces, decode(tokens));
    },
  );

  test('goes on after a prompt', () => {
    for (const { tokens } of stopping) {
      for (const length of [1, 5, 40]) {
        const stream = new TextStream(tinyTokenizer);
        const prompt = tokens.slice(0, length);
        // A prompt is text: it does not end within a character.
        if (decode(prompt).endsWith('\ufffd')) continue;
        stream.skip(prompt);
        const pieces = [...tokens.slice(length).map((token) => stream.push(token)), stream.end()];
        checkPieces(pieces, decode(tokens).slice(decode(prompt).length));
      }
    }
  });

  test('keeps back a character until it is whole', () => {
    const pieces = ['\xf0\x9f', '\x98', '\x80', 'a'].map((bytes) =>
      Uint8Array.from(bytes, (c) => c.charCodeAt(0)),
    );
    const stream = new TextStream({
      decode: (ids) =>
        new TextDecoder().decode(Uint8Array.from([...ids].flatMap((id) => [...(pieces[id] ?? [])]))),
    });
    expect([0, 1, 2, 3].map((id) => stream.push(id))).toEqual(['', '', '😀', 'a']);
  });

  test('does not wait for ever for bytes that are none', () => {
    const stream = new TextStream({ decode: (ids) => '\ufffd'.repeat(ids.length) });
    let longest = 0;
    let given = 0;
    for (let i = 0; i < 500; i++) {
      const piece = stream.push(1);
      given += piece.length;
      longest = Math.max(longest, i + 1 - given);
    }
    expect(longest).toBeLessThanOrEqual(3);
    expect(given + stream.end().length).toBe(500);
  });

  test('leaves out what the tokenizer leaves out', () => {
    const words = ['▁hola', '</s>', '▁mundo'];
    const stream = new TextStream({
      decode: (ids, { skipSpecialTokens } = {}) =>
        [...ids]
          .map((id) => words[id] as string)
          .filter((word) => !(skipSpecialTokens && word.startsWith('<')))
          .join('')
          .replaceAll('▁', ' ')
          .trimStart(),
    });
    expect([0, 1, 2].map((id) => stream.push(id)).join('')).toBe('hola mundo');
  });
});

describe.each(['gpt2', 'llama'] as const)('%s streams', (name) => {
  test('the text that its tokens are', async () => {
    const model = tinyModel(name);
    const prompt = [4, 5, 6, 7];
    const options = { doSample: true, seed: 4, maxNewTokens: 40, eosTokenId: null };
    const whole = await model.generate([prompt], options);
    const text = decode([...(whole[0] as Int32Array)]).slice(decode(prompt).length);
    const pieces: string[] = [];
    for await (const piece of streamGenerate(model, [prompt], { ...options, tokenizer: tinyTokenizer })) {
      pieces.push(piece);
    }
    checkPieces(pieces, text);
    const told: string[] = [];
    const again = await model.generate([prompt], {
      ...options,
      streamer: new TextStreamer(tinyTokenizer, {
        onText: (piece) => void told.push(piece),
        skipPrompt: true,
      }),
    });
    checkPieces(told, text);
    whole.dispose();
    again.dispose();
    model.dispose();
  });

  test('until one leaves', async () => {
    const model = tinyModel(name);
    let count = 0;
    for await (const _ of streamGenerate(model, [[4]], { tokenizer: tinyTokenizer, maxNewTokens: 70 })) {
      if (++count === 2) break;
    }
    const two = [[4], [5]];
    const stream = streamGenerate(model, two, { tokenizer: tinyTokenizer });
    await expect(stream.next()).rejects.toThrow('one text at a time');
    model.dispose();
  });
});
