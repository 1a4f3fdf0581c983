import { findCompiler } from '../../runtime/native/toolchain/compiler.ts';

/** The C compiler, and what its code can use of this processor. */
export interface CompilerFacts {
  readonly command: string;
  /** What comes before all other arguments: `gcc` in `CC='ccache gcc'`. */
  readonly before: readonly string[];
  readonly kind: 'gcc' | 'clang';
  readonly version: string;
  /** Floats in a vector. */
  readonly lanes: number;
  readonly vectorBits: number;
  /** Fused multiply-add. */
  readonly fma: boolean;
  /** Vectors of 16-bit floats become 32-bit ones in an instruction. */
  readonly float16: boolean;
  /** Sums of products of bytes. */
  readonly int8: boolean;
}

const FLOAT_BITS = 32;

/** `null` where there is none that works: `nativeProblem` says why. */
export function examineCompiler(): CompilerFacts | null {
  const compiler = findCompiler();
  if ('problem' in compiler) return null;
  const { command, before, kind, version, features } = compiler;
  const { arch, lanes, fma, f16c, vnni } = features;
  return {
    command,
    before,
    kind,
    version,
    lanes,
    vectorBits: lanes * FLOAT_BITS,
    fma,
    // Every arm64 has these; on x64 they are an extension.
    float16: f16c || arch === 'arm64',
    int8: vnni,
  };
}
