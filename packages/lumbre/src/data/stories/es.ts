/**
 * The small stories in Spanish. To make them yours: add a character, a place, a wish with its troubles and
 * remedies, or a frame to a kind of sentence. Slots are `{ingredient.form}`; a capital in the form (`{hero.El}`)
 * is a capital in the text.
 *
 * What keeps the stories right: all wishes of a family go with all its troubles, and the plots with all characters
 * and all places, so nobody wishes to see the sea from a house by the sea. Each story must show each of its
 * ingredients, and stay under 256 characters.
 */
import type { StoryGrammarSource } from './grammar.ts';
import { type PlotFamily, plots } from './ingredients.ts';

const she = { gender: 'f', el: 'la', un: 'una', o: 'a' };
const he = { gender: 'm', el: 'el', un: 'un', o: 'o' };

/** Those who wish for something, and those who help: a story is easier to follow when nobody is both. */
const heroes = [
  { name: 'Ana', kind: 'ardilla', ...she },
  { name: 'Bruno', kind: 'búho', ...he },
  { name: 'Clara', kind: 'cabra', ...she },
  { name: 'Hugo', kind: 'zorro', ...he },
  { name: 'Lola', kind: 'rana', ...she },
  { name: 'Mateo', kind: 'ratón', ...he },
];

const friends = [
  { name: 'Elsa', kind: 'oveja', ...she },
  { name: 'Nora', kind: 'paloma', ...she },
  { name: 'Pablo', kind: 'pato', ...he },
  { name: 'Simón', kind: 'sapo', ...he },
  { name: 'Tina', kind: 'tortuga', ...she },
  { name: 'Ulises', kind: 'oso', ...he },
];

/**
 * `want` follows «quería», «quiso», «soñaba con» and «pudo»; `did` is what hero and friend do in the end; `lo` stands
 * for the toy, where there is one: «la encontró».
 */
const families: readonly PlotFamily[] = [
  {
    wishes: [
      { want: 'volar su cometa', did: 'volaron la cometa', lo: 'la' },
      { want: 'patear su pelota', did: 'patearon la pelota', lo: 'la' },
      { want: 'leer su libro', did: 'leyeron el libro', lo: 'lo' },
    ],
    troubles: {
      'no {plot.lo} encontraba': ['{plot.lo} encontró en un cajón', '{plot.lo} encontró en la hierba'],
      'se le cayó al pozo': ['{plot.lo} sacó con una cuerda', '{plot.lo} sacó con una red'],
    },
  },
  {
    wishes: [
      { want: 'ver el mar', did: 'vieron el mar' },
      { want: 'subir a la montaña', did: 'subieron a la montaña' },
      { want: 'visitar a su abuela', did: 'visitaron a la abuela' },
    ],
    troubles: {
      'se perdió en la niebla': ['encendió un farol', 'le dibujó un mapa'],
      'el puente estaba roto': ['le prestó su barca', 'arregló el puente'],
    },
  },
  {
    wishes: [
      { want: 'hacer un pastel', did: 'comieron el pastel' },
      { want: 'hacer galletas', did: 'comieron las galletas' },
      { want: 'hacer buñuelos', did: 'comieron los buñuelos' },
    ],
    troubles: {
      'no tenía harina': ['le regaló harina', 'molió trigo'],
      'se apagó el fuego': ['trajo leña seca', 'sopló las brasas'],
    },
  },
  {
    wishes: [
      { want: 'plantar una rosa', did: 'plantaron la rosa' },
      { want: 'plantar un girasol', did: 'plantaron el girasol' },
      { want: 'plantar un limonero', did: 'plantaron el limonero' },
    ],
    troubles: {
      'la tierra estaba seca': ['trajo agua fresca', 'trajo una regadera'],
      'no tenía pala': ['le prestó una pala', 'cavó con las patas'],
    },
  },
];

export const spanish: StoryGrammarSource = {
  ingredients: {
    hero: heroes,
    friend: friends,
    both: [{ o: 'o' }, { o: 'a' }],
    place: [
      { where: 'cerca del lago' },
      { where: 'en el bosque' },
      { where: 'en el valle' },
      { where: 'en la selva' },
      { where: 'en un jardín' },
      { where: 'en un molino' },
      { where: 'en una colina' },
      { where: 'en una granja' },
    ],
    plot: plots(families),
  },
  // Two she-friends are «amigas»; where one of the two is a he, Spanish says «amigos».
  fits: (hero, friend, both) => both.o === (hero.gender === 'f' && friend.gender === 'f' ? 'a' : 'o'),
  sentences: {
    opening: [
      '{hero.El} {hero.kind} {hero.name} vivía {place.where}.',
      '{place.Where} vivía {hero.un} {hero.kind} llamad{hero.o} {hero.name}.',
      'Había una vez, {place.where}, {hero.un} {hero.kind} llamad{hero.o} {hero.name}.',
    ],
    wish: [
      'Un día, {hero.name} quiso {plot.want}.',
      '{hero.name} soñaba con {plot.want}.',
      '{hero.name} solo quería {plot.want}.',
    ],
    dream: [
      '{hero.El} {hero.kind} {hero.name} vivía {place.where} y quería {plot.want}.',
      '{place.Where} vivía {hero.name}, {hero.un} {hero.kind} que quería {plot.want}.',
    ],
    trouble: [
      'Pero {plot.trouble}.',
      'Pero {plot.trouble} y {hero.el} pobre {hero.name} lloró.',
      '¡Ay, {plot.trouble}!',
    ],
    help: [
      'Por suerte, {friend.el} {friend.kind} {friend.name} {plot.remedy}.',
      'Pronto llegó {friend.el} {friend.kind} {friend.name} y {plot.remedy}.',
      'Al verl{hero.o} así, {friend.el} {friend.kind} {friend.name} {plot.remedy}.',
    ],
    ending: [
      'Al final, {hero.name} y {friend.name} {plot.did}.',
      'Muy content{both.o}s, {hero.name} y {friend.name} {plot.did}.',
      'Con ayuda de {friend.name}, {hero.name} pudo {plot.want}.',
    ],
    coda: [
      'Siempre fueron amig{both.o}s.',
      '¡Cómo se rieron l{both.o}s dos!',
      '{hero.name} se durmió feliz.',
    ],
  },
  shapes: [
    ['opening', 'wish', 'trouble', 'help', 'ending'],
    ['dream', 'trouble', 'help', 'ending', 'coda'],
  ],
};
