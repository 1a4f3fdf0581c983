import { defineExercise } from '../../../../src/grading/exercise.ts';

export const exercise = defineExercise({
  start: {
    es: `function toSeconds(duration: string): number {
  const parts = duration.split(':'); // '3:45' → ['3', '45']
  // Completa: minutos por 60, más los segundos.
  return 0;
}

toSeconds('3:45');
`,
    en: `function toSeconds(duration: string): number {
  const parts = duration.split(':'); // '3:45' → ['3', '45']
  // Complete it: minutes times 60, plus the seconds.
  return 0;
}

toSeconds('3:45');
`,
  },
  defines: ['toSeconds'],
  checks: [
    {
      id: 'number',
      title: { es: 'Devuelve un número', en: 'It returns a number' },
      why: {
        es: 'Lo que devuelves es de otro tipo. Mira con typeof qué hay en cada parte después de split.',
        en: 'What you return is of another type. Look with typeof at what each part is after split.',
      },
      run({ toSeconds }, { assert }) {
        const found: unknown = toSeconds('3:45');
        assert(typeof found === 'number', `toSeconds('3:45'): ${typeof found}`);
      },
    },
    {
      id: 'value',
      title: {
        es: 'Cuenta bien, con cualquier duración',
        en: 'It counts right, whatever the duration',
      },
      why: {
        es: 'Un minuto son 60 segundos; los segundos se suman como números, no como textos.',
        en: 'A minute is 60 seconds; seconds are added as numbers, not as texts.',
      },
      async run({ toSeconds }, { fc, agree }) {
        const durations = fc
          .tuple(fc.integer({ min: 0, max: 75 }), fc.integer({ min: 0, max: 59 }))
          .map(([minutes, seconds]) => `${minutes}:${String(seconds).padStart(2, '0')}`);
        await agree(
          [durations],
          toSeconds,
          (duration) => {
            const [minutes, seconds] = duration.split(':').map(Number);
            return (minutes as number) * 60 + (seconds as number);
          },
          { names: ['duration'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'parts[0] son los minutos y parts[1] los segundos, los dos como textos.',
      'Convierte los dos: Number(parts[0]) y Number(parts[1]).',
      'return Number(parts[0]) * 60 + …',
    ],
    en: [
      'parts[0] holds the minutes and parts[1] the seconds, both as texts.',
      'Convert both: Number(parts[0]) and Number(parts[1]).',
      'return Number(parts[0]) * 60 + …',
    ],
  },
  solution: `function toSeconds(duration: string): number {
  const parts = duration.split(':');
  return Number(parts[0]) * 60 + Number(parts[1]);
}
`,
  wrong: [
    {
      // The seconds are still text, and + joins.
      code: `function toSeconds(duration: string) {
  const parts = duration.split(':');
  return parts[0] * 60 + parts[1];
}
`,
      fails: ['number', 'value'],
    },
    {
      code: `function toSeconds(duration: string) {
  const parts = duration.split(':');
  return Number(parts[0]) + Number(parts[1]);
}
`,
      fails: ['value'],
    },
  ],
});
