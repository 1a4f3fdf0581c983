import { defineExercise } from '../../../../src/grading/exercise.ts';

function right(losses: readonly number[], patience: number): number {
  let best = 0;
  for (let i = 1; i < losses.length; i++) {
    if ((losses[i] as number) < (losses[best] as number)) best = i;
    else if (i - best >= patience) break;
  }
  return best;
}

export const exercise = defineExercise({
  start: {
    es: `function bestStep(losses: number[], patience: number): number {
  let best = 0;
  for (let i = 1; i < losses.length; i++) {
    // Completa: ¿mejora? ¿o ya se acabó la paciencia?
  }
  return best;
}

bestStep([0.9, 0.6, 0.7, 0.8, 0.4], 2);
`,
    en: `function bestStep(losses: number[], patience: number): number {
  let best = 0;
  for (let i = 1; i < losses.length; i++) {
    // Complete it: is it better? Or has patience run out?
  }
  return best;
}

bestStep([0.9, 0.6, 0.7, 0.8, 0.4], 2);
`,
  },
  defines: ['bestStep'],
  checks: [
    {
      id: 'falling',
      title: { es: 'Si baja siempre, la mejor es la última', en: 'If it always falls, the last is the best' },
      why: {
        es: 'No guardas la mejor cuando aparece una menor.',
        en: 'You do not take note of the best when a lower one comes.',
      },
      run({ bestStep }, { equal }) {
        equal(bestStep([5, 4, 3, 2], 1), 3);
      },
    },
    {
      id: 'stops',
      title: { es: 'Se detiene cuando se acaba la paciencia', en: 'It stops when patience runs out' },
      why: {
        es: 'Siguió mirando después de parar: en [9, 6, 7, 8, 4] con paciencia 2, el 4 ya no se llega a ver.',
        en: 'It went on looking after it should have stopped: in [9, 6, 7, 8, 4] with patience 2, nobody gets to see the 4.',
      },
      run({ bestStep }, { equal }) {
        equal(bestStep([9, 6, 7, 8, 4], 2), 1);
        equal(bestStep([9, 6, 7, 5, 8, 4], 2), 5);
      },
    },
    {
      id: 'value',
      title: { es: 'Acierta con curvas al azar', en: 'It is right on random curves' },
      why: {
        es: 'La paciencia se cuenta desde la mejor, y vuelve a empezar cada vez que mejora. Empatar no es mejorar.',
        en: 'Patience is counted from the best, and starts over with each improvement. A draw is no improvement.',
      },
      async run({ bestStep }, { fc, agree }) {
        await agree(
          [
            fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
            fc.integer({ min: 1, max: 4 }),
          ],
          (losses, patience) => bestStep([...losses], patience),
          right,
          { names: ['losses', 'patience'], runs: 300 },
        );
      },
    },
  ],
  hints: {
    es: [
      'Si losses[i] es menor que losses[best], la mejor es i.',
      'Si no, los pasos sin mejorar son i - best.',
      'else if (i - best >= patience) break;',
    ],
    en: [
      'If losses[i] is less than losses[best], the best is i.',
      'If not, the steps without improvement are i - best.',
      'else if (i - best >= patience) break;',
    ],
  },
  solution: `function bestStep(losses: number[], patience: number): number {
  let best = 0;
  for (let i = 1; i < losses.length; i++) {
    if (losses[i] < losses[best]) best = i;
    else if (i - best >= patience) break;
  }
  return best;
}
`,
  wrong: [
    {
      // It never stops.
      code: `function bestStep(losses: number[], patience: number) {
  return losses.indexOf(Math.min(...losses));
}
`,
      fails: ['stops', 'value'],
    },
    {
      // Worse than the one before, rather than than the best.
      code: `function bestStep(losses: number[], patience: number) {
  let best = 0, waited = 0;
  for (let i = 1; i < losses.length; i++) {
    if (losses[i] < losses[best]) best = i;
    if (losses[i] >= losses[i - 1]) waited++;
    if (waited >= patience) break;
  }
  return best;
}
`,
      fails: ['stops', 'value'],
    },
  ],
});
