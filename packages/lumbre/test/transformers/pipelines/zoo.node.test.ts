import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openFolder } from '../../../src/cli/openModel.ts';
import { pipeline } from '../../../src/transformers/pipelines/index.ts';
import { expectOutput } from './support.ts';

test("the package's own BERT fills gaps as `lumbre generate` does", async () => {
  const zoo = fileURLToPath(new URL('../../../zoo/bert-es', import.meta.url));
  const fill = await pipeline('fill-mask', zoo);
  const text = 'En un lugar de la [MASK], de cuyo nombre no quiero acordarme';
  const found = await fill(text);
  const { creation } = await openFolder('bert-es', fill.model.device);
  const [wanted = []] = (await creation.fill?.(text, { count: 5 })) ?? [];
  // The recipe leaves special tokens out, which are never likely.
  expectOutput(
    found.map(({ tokenStr, score }) => ({ token: tokenStr, probability: score })),
    wanted.map(({ token, probability }) => ({ token: token.trim(), probability })),
    'fillings',
  );
  expect(found[0]?.sequence).toContain('de cuyo nombre no quiero acordarme');
  creation.dispose();
  fill.dispose();
});
