/**
 * A class whose instances can be called: `tokenizer('…')` is `tokenizer.call('…')`. The constructor gives back a function that
 * has the class's prototype, and subclasses put their fields on it.
 */
export abstract class Callable<Arguments extends unknown[], Result> {
  constructor() {
    const self = (...given: Arguments): Result =>
      (self as unknown as Callable<Arguments, Result>).call(...given);
    // A function's own `name` and `length` would hide what the class calls so.
    Reflect.deleteProperty(self, 'name');
    Reflect.deleteProperty(self, 'length');
    // biome-ignore lint/correctness/noConstructorReturn: the function is the instance
    return Object.setPrototypeOf(self, new.target.prototype) as this;
  }

  abstract call(...given: Arguments): Result;
}
