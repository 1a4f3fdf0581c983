import { defineExhibit } from '../exhibit.ts';
import { mountPlayground } from './playground.ts';
import { initialState, playgroundState } from './state.ts';

export const exhibit = defineExhibit({
  title: { es: 'Una red y tus puntos', en: 'A network and your points' },
  state: playgroundState,
  initial: initialState,
  mount: (element, state, context) => mountPlayground(element, state, context),
});
