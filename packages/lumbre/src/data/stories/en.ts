/**
 * The small stories in English. They are not a translation of the Spanish ones: same arc, other animals and other
 * turns of phrase. To make them yours: add a character, a place, a wish with its troubles and remedies, or a
 * frame to a kind of sentence. Slots are `{ingredient.form}`; a capital in the form (`{hero.His}`) is a capital in
 * the text.
 *
 * What keeps the stories right: all wishes of a family go with all its troubles, and the plots with all characters
 * and all places, so nobody wishes to see the sea from a house by the sea. Each story must show each of its
 * ingredients, and stay under 256 characters.
 */
import type { StoryGrammarSource } from './grammar.ts';
import { type PlotFamily, plots } from './ingredients.ts';

const she = { he: 'she', him: 'her', his: 'her' };
const he = { he: 'he', him: 'him', his: 'his' };

/** Those who wish for something, and those who help: a story is easier to follow when nobody is both. */
const heroes = [
  { name: 'Ben', a: 'a', kind: 'bear', ...he },
  { name: 'Daisy', a: 'a', kind: 'duck', ...she },
  { name: 'Gus', a: 'a', kind: 'goat', ...he },
  { name: 'Hal', a: 'a', kind: 'hare', ...he },
  { name: 'Lily', a: 'a', kind: 'lamb', ...she },
  { name: 'Ruby', a: 'a', kind: 'rabbit', ...she },
];

const friends = [
  { name: 'Fern', a: 'a', kind: 'fox', ...she },
  { name: 'Molly', a: 'a', kind: 'mole', ...she },
  { name: 'Oscar', a: 'an', kind: 'otter', ...he },
  { name: 'Pip', a: 'a', kind: 'pig', ...he },
  { name: 'Sam', a: 'a', kind: 'swan', ...he },
  { name: 'Tess', a: 'a', kind: 'turtle', ...she },
];

/**
 * `want` follows "wanted to", "longed to", "set out to" and "got to"; `did` is what hero and friend do in the end;
 * `thing` is the toy, where there is one.
 */
const families: readonly PlotFamily[] = [
  {
    wishes: [
      { want: 'fly {hero.his} kite', did: 'flew the kite', thing: 'kite' },
      { want: 'sail {hero.his} boat', did: 'sailed the boat', thing: 'boat' },
      { want: 'read {hero.his} book', did: 'read the book', thing: 'book' },
    ],
    troubles: {
      'the {plot.thing} was gone': ['found it under the bed', 'found it in the tall grass'],
      'the {plot.thing} fell in the well': ['got it out with a rope', 'got it out with a net'],
    },
  },
  {
    wishes: [
      { want: 'see the sea', did: 'saw the sea' },
      { want: 'climb the hill', did: 'climbed the hill' },
      { want: 'visit {hero.his} granny', did: 'visited {hero.his} granny' },
    ],
    troubles: {
      '{hero.he} got lost in the fog': ['lit a lantern', 'drew {hero.him} a map'],
      'the bridge was down': ['lent {hero.him} a boat', 'laid a plank across'],
    },
  },
  {
    wishes: [
      { want: 'bake a cake', did: 'ate the cake' },
      { want: 'bake a plum pie', did: 'ate the plum pie' },
      { want: 'bake oat cookies', did: 'ate oat cookies' },
    ],
    troubles: {
      'there was no flour': ['brought a bag of flour', 'gave {hero.him} some flour'],
      'the fire went out': ['brought dry wood', 'lit it again'],
    },
  },
  {
    wishes: [
      { want: 'plant a rose', did: 'planted the rose' },
      { want: 'plant a plum tree', did: 'planted the plum tree' },
      { want: 'grow a pumpkin', did: 'grew a pumpkin' },
    ],
    troubles: {
      'the soil was too dry': ['brought some water', 'dug a little stream'],
      '{hero.he} had no spade': ['lent {hero.him} a spade', 'dug the hole'],
    },
  },
];

export const english: StoryGrammarSource = {
  ingredients: {
    hero: heroes,
    friend: friends,
    both: [{}],
    place: [
      { where: 'by the river' },
      { where: 'in a garden' },
      { where: 'in a windmill' },
      { where: 'in the forest' },
      { where: 'in the valley' },
      { where: 'by the lake' },
      { where: 'on a farm' },
      { where: 'in an old oak' },
    ],
    plot: plots(families),
  },
  fits: () => true,
  sentences: {
    opening: [
      '{hero.name} the {hero.kind} lived {place.where}.',
      '{place.Where} lived {hero.a} {hero.kind} named {hero.name}.',
      'Once upon a time, {hero.name} the {hero.kind} lived {place.where}.',
    ],
    wish: [
      '{hero.name} wanted to {plot.want}.',
      '{hero.name} longed to {plot.want}.',
      'One day, {hero.name} set out to {plot.want}.',
    ],
    dream: [
      '{hero.name} the {hero.kind} lived {place.where} and wanted to {plot.want}.',
      '{place.Where} lived {hero.name}, {hero.a} {hero.kind} who wanted to {plot.want}.',
    ],
    trouble: [
      'But {plot.trouble}.',
      'But {plot.trouble}, and poor {hero.name} cried.',
      'Oh no, {plot.trouble}!',
    ],
    help: [
      'Luckily, {friend.name} the {friend.kind} {plot.remedy}.',
      'Then {friend.name} the {friend.kind} came and {plot.remedy}.',
      '{hero.His} friend {friend.name} the {friend.kind} {plot.remedy}.',
    ],
    ending: [
      'So {hero.name} and {friend.name} {plot.did} together.',
      'At last, {hero.name} and {friend.name} {plot.did}.',
      'Thanks to {friend.name}, {hero.name} got to {plot.want}.',
    ],
    coda: ['They are still friends.', 'Oh, how they laughed!', '{hero.name} went to bed happy.'],
  },
  shapes: [
    ['opening', 'wish', 'trouble', 'help', 'ending'],
    ['dream', 'trouble', 'help', 'ending', 'coda'],
  ],
};
