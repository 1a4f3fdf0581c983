import { recipes } from '../../recipes/index.ts';
import type { Context } from '../io.ts';

/** `lumbre train --list`: the recipes, what each produces, and the time it takes. */
export function listRecipes(json: boolean, { output, theme, format, messages, language }: Context): void {
  if (json) {
    for (const { name, family, title, produces, seconds, data } of recipes) {
      output.write(`${JSON.stringify({ name, family, title, produces, seconds, data })}\n`);
    }
    return;
  }
  const widest = Math.max(...recipes.map(({ name }) => name.length));
  let family = '';
  for (const recipe of recipes) {
    if (recipe.family !== family) output.write(`\n  ${theme.strong(messages.families[recipe.family])}\n`);
    family = recipe.family;
    const name = theme.ember(recipe.name.padEnd(widest));
    output.write(`  ${name}  ${recipe.title[language]}\n`);
    const facts = [
      recipe.produces[language],
      messages.takesAbout(format.duration(recipe.seconds)),
      recipe.data.join(', '),
    ];
    output.write(`  ${' '.repeat(widest)}  ${theme.muted(facts.join(' · '))}\n`);
  }
  output.write(`\n  ${theme.muted(messages.recipeHint)}\n\n`);
}
