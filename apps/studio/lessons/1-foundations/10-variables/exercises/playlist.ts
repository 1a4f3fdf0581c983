import { defineExercise } from '../../../../src/grading/exercise.ts';

export const exercise = defineExercise({
  start: {
    es: `function withSong(list: string[], song: string): string[] {
  list.push(song); // ¿la lista de quién cambia aquí?
  return list;
}

const party = ['La flaca', 'Gracias a la vida'];
const longer = withSong(party, 'Oye cómo va');
console.log('party:', party);
console.log('longer:', longer);
`,
    en: `function withSong(list: string[], song: string): string[] {
  list.push(song); // whose list changes here?
  return list;
}

const party = ['La flaca', 'Gracias a la vida'];
const longer = withSong(party, 'Oye cómo va');
console.log('party:', party);
console.log('longer:', longer);
`,
  },
  defines: ['withSong'],
  checks: [
    {
      id: 'added',
      title: {
        es: 'La lista nueva tiene todo lo anterior y la canción al final',
        en: 'The new list has all that was there and the song at the end',
      },
      why: {
        es: 'Falta algo, sobra algo o el orden es otro. Recuerda que push devuelve cuántos hay, no la lista.',
        en: 'Something is missing, something is too much or the order is another. Remember that push returns how many there are, not the list.',
      },
      async run({ withSong }, { fc, agree }) {
        const song = fc.constantFrom('Rayuela', 'Zamba', 'Son', 'Vals', 'Cueca');
        await agree([fc.array(song, { maxLength: 5 }), song], withSong, (list, one) => [...list, one], {
          names: ['list', 'song'],
        });
      },
    },
    {
      id: 'untouched',
      title: { es: 'La lista que recibe queda como estaba', en: 'The list that it is given stays as it was' },
      why: {
        es: 'Tu función cambia la lista de quien la llama: el parámetro es otra etiqueta en la misma lista. Copia antes de agregar.',
        en: 'Your function changes the list of whoever calls it: the parameter is another label on the same list. Copy before you add.',
      },
      run({ withSong }, { equal }) {
        const party = ['La flaca', 'Gracias a la vida'];
        withSong(party, 'Oye cómo va');
        equal(party, ['La flaca', 'Gracias a la vida'], 'party');
      },
    },
  ],
  hints: {
    es: [
      'push cambia la lista misma. ¿Qué lista podrías cambiar sin molestar a nadie?',
      'Haz primero una copia: const copy = [...list];',
    ],
    en: [
      'push changes the list itself. Which list could you change without bothering anybody?',
      'Make a copy first: const copy = [...list];',
    ],
  },
  solution: `function withSong(list: string[], song: string): string[] {
  return [...list, song];
}
`,
  wrong: [
    {
      // Another name is no copy.
      code: `function withSong(list: string[], song: string) {
  const copy = list;
  copy.push(song);
  return copy;
}
`,
      fails: ['untouched'],
    },
    {
      // push gives the new length.
      code: `function withSong(list: string[], song: string) {
  return [...list].push(song);
}
`,
      fails: ['added'],
    },
  ],
});
