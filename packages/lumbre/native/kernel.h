// What the C of every kernel stands on: vector types, and the operations of the loop language that C has no operator for.
// LUMBRE_LANES says how wide the widest vectors are. Every function means what `codegen/ir.ts` says, to the last bit.

typedef struct {
  _Atomic int code;
  int value;
} lumbre_status;

/// The first report of a program wins.
static inline void fail_i32(lumbre_status *status, int code, int value) {
  int none = 0;
  if (__atomic_compare_exchange_n((int *)&status->code, &none, code, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    status->value = value;
}

#define INLINE static inline __attribute__((always_inline, unused))
#define ELEMENTS(type, name, count) typedef type name __attribute__((vector_size(sizeof(type) * count), aligned(1), may_alias))

// Elements in memory, of which nothing is known but where they begin.
typedef float f32_at __attribute__((aligned(1), may_alias));
typedef int i32_at __attribute__((aligned(1), may_alias));
typedef short i16_at __attribute__((aligned(1), may_alias));
typedef unsigned short u16_at __attribute__((aligned(1), may_alias));

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GCC_X86 1
#endif

/// A loop over lanes, written out: what one instruction does for all of them is found then.
#if defined(__clang__)
#define EACH_LANE(i, N) _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++)
#else
#define EACH_LANE(i, N) _Pragma("GCC unroll 16") for (int i = 0; i < N; i++)
#endif

// --- scalars ----------------------------------------------------------------------------------------------------------

INLINE int as_i32(float a) { int bits; __builtin_memcpy(&bits, &a, 4); return bits; }
INLINE float as_f32(int a) { float value; __builtin_memcpy(&value, &a, 4); return value; }
INLINE void fail_f32(lumbre_status *status, int code, float value) { fail_i32(status, code, as_i32(value)); }

INLINE float pmin_f32(float a, float b) { return b < a ? b : a; }
INLINE float pmax_f32(float a, float b) { return a < b ? b : a; }
/// As IEEE 754-2019's minimum and maximum: a NaN stays, and -0 is less than 0.
INLINE float min_f32(float a, float b) {
  return a < b ? a : b < a ? b : a == b ? as_f32(as_i32(a) | as_i32(b)) : a + b;
}
INLINE float max_f32(float a, float b) {
  return a < b ? b : b < a ? a : a == b ? as_f32(as_i32(a) & as_i32(b)) : a + b;
}
INLINE int min_i32(int a, int b) { return a < b ? a : b; }
INLINE int max_i32(int a, int b) { return a < b ? b : a; }
INLINE float abs_f32(float a) { return __builtin_fabsf(a); }
INLINE float sqrt_f32(float a) { return __builtin_sqrtf(a); }
INLINE int shl_i32(int a, int b) { return (int)((unsigned)a << (b & 31)); }
INLINE int shrU_i32(int a, int b) { return (int)((unsigned)a >> (b & 31)); }
INLINE int shrS_i32(int a, int b) { return a >> (b & 31); }
INLINE int toI32_f32(float a) {
  return a >= 2147483648.0f ? 2147483647 : a >= -2147483648.0f ? (int)a : a == a ? -2147483647 - 1 : 0;
}

#if defined(__SSE4_1__) || defined(__aarch64__)
INLINE float floor_f32(float a) { return __builtin_floorf(a); }
INLINE float nearest_f32(float a) { return __builtin_rintf(a); }
#else
// Without an instruction these would be calls of a library that a kernel is not linked with.
#define WHOLE 8388608.0f
INLINE float with_sign(float magnitude, float sign) {
  return as_f32((as_i32(magnitude) & 0x7fffffff) | (as_i32(sign) & (-2147483647 - 1)));
}
INLINE float floor_f32(float a) {
  if (!(__builtin_fabsf(a) < WHOLE)) return a;
  float down = (float)(int)a;
  return with_sign(down > a ? down - 1.0f : down, a);
}
INLINE float nearest_f32(float a) {
  float size = __builtin_fabsf(a);
  if (!(size < WHOLE)) return a;
  volatile float shifted = size + WHOLE;
  return with_sign(shifted - WHOLE, a);
}
#endif

#if defined(__FMA__) || defined(__aarch64__)
INLINE float fma_f32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
INLINE float fma_f32(float a, float b, float c) { return a * b + c; }
#endif

// 16-bit floats. All NaNs are stored as the positive quiet one.

INLINE int bits_of_bf16(float a) {
  unsigned bits = (unsigned)as_i32(a);
  return a == a ? (int)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) : 0x7fc0;
}
INLINE float value_of_bf16(int bits) { return as_f32((int)((unsigned)bits << 16)); }

#if defined(__F16C__) && defined(GCC_X86)
typedef float f16c_floats __attribute__((vector_size(16)));
typedef short f16c_halves __attribute__((vector_size(16)));
INLINE int bits_of_f16(float a) {
  f16c_halves halves = (f16c_halves)__builtin_ia32_vcvtps2ph((f16c_floats){a, 0, 0, 0}, 0);
  return a == a ? (unsigned short)halves[0] : 0x7e00;
}
INLINE float value_of_f16(int bits) {
  return ((f16c_floats)__builtin_ia32_vcvtph2ps((f16c_halves){(short)bits, 0, 0, 0, 0, 0, 0, 0}))[0];
}
#else
INLINE int bits_of_f16(float a) {
  // A power of two whose last bit is worth one step of f16 at that magnitude: their sum rounds to such steps.
  float size = __builtin_fabsf(a);
  float magnitude = size < 65536.0f ? size : 65536.0f;
  float exponent = as_f32(as_i32(magnitude) & 0x7f800000);
  float large = (exponent > 0x1p-14f ? exponent : 0x1p-14f) * 8192.0f;
  volatile float sum = magnitude + large;
  int steps = as_i32(sum) - as_i32(large);
  int bits = steps + (int)((unsigned)(as_i32(large) - ((112 + 1 + 13) << 23)) >> 13);
  return a == a ? bits | ((as_i32(a) >> 16) & 0x8000) : 0x7e00;
}
INLINE float value_of_f16(int bits) {
  int moved = (bits & 0x7fff) << 13;
  int value = as_i32(as_f32(moved) * 0x1p112f) | (moved > (31 << 23) - 1 ? 0x7f800000 : 0);
  return as_f32(value | (int)((unsigned)(bits & 0x8000) << 16));
}
#endif
INLINE float roundF16_f32(float a) { return value_of_f16(bits_of_f16(a)); }
INLINE float roundBF16_f32(float a) { return value_of_bf16(bits_of_bf16(a)); }

// --- vectors ----------------------------------------------------------------------------------------------------------

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#endif
#endif
#ifndef SHUFFLE
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (i32x4){__VA_ARGS__})
#endif

/// What is the same for every width. A mask has all bits of a lane set, or none.
#define VECTORS(N)                                                                                                      \
  typedef float f32x##N __attribute__((vector_size(4 * N)));                                                            \
  typedef int i32x##N __attribute__((vector_size(4 * N)));                                                              \
  typedef unsigned u32x##N __attribute__((vector_size(4 * N)));                                                         \
  ELEMENTS(float, f32x##N##_at, N);                                                                                     \
  ELEMENTS(int, i32x##N##_at, N);                                                                                       \
  ELEMENTS(short, i16x##N##_at, N);                                                                                     \
  ELEMENTS(unsigned short, u16x##N##_at, N);                                                                            \
  ELEMENTS(signed char, i8x##N##_at, N);                                                                                \
  ELEMENTS(unsigned char, u8x##N##_at, N);                                                                              \
  INLINE f32x##N select_f32x##N(i32x##N m, f32x##N a, f32x##N b) {                                                      \
    return (f32x##N)((m & (i32x##N)a) | (~m & (i32x##N)b));                                                             \
  }                                                                                                                     \
  INLINE i32x##N select_i32x##N(i32x##N m, i32x##N a, i32x##N b) { return (m & a) | (~m & b); }                         \
  INLINE i32x##N min_i32x##N(i32x##N a, i32x##N b) { return select_i32x##N(a < b, a, b); }                              \
  INLINE i32x##N max_i32x##N(i32x##N a, i32x##N b) { return select_i32x##N(a < b, b, a); }                              \
  INLINE f32x##N abs_f32x##N(f32x##N a) { return (f32x##N)((i32x##N)a & 0x7fffffff); }                                  \
  INLINE i32x##N shl_i32x##N(i32x##N a, i32x##N b) { return (i32x##N)((u32x##N)a << ((u32x##N)b & 31)); }               \
  INLINE i32x##N shrU_i32x##N(i32x##N a, i32x##N b) { return (i32x##N)((u32x##N)a >> ((u32x##N)b & 31)); }              \
  INLINE i32x##N shrS_i32x##N(i32x##N a, i32x##N b) { return a >> (b & 31); }                                           \
  INLINE f32x##N toF32_i32x##N(i32x##N a) { return __builtin_convertvector(a, f32x##N); }                               \
  INLINE i32x##N toI32_f32x##N(f32x##N a) {                                                                             \
    i32x##N large = a >= 2147483648.0f;                                                                                 \
    i32x##N whole = __builtin_convertvector(a, i32x##N);                                                                \
    return (a == a) & ((large & 2147483647) | (~large & whole));                                                        \
  }                                                                                                                     \
  INLINE f32x##N maskToF32_i32x##N(i32x##N m) { return (f32x##N)(m & 0x3f800000); }                                     \
  INLINE i32x##N bits_of_bf16x##N(f32x##N a) {                                                                          \
    u32x##N bits = (u32x##N)a;                                                                                          \
    return select_i32x##N(a == a, (i32x##N)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16), 0x7fc0 - (i32x##N){0});        \
  }                                                                                                                     \
  INLINE f32x##N value_of_bf16x##N(i32x##N bits) { return (f32x##N)((u32x##N)bits << 16); }                             \
  INLINE f32x##N roundBF16_f32x##N(f32x##N a) { return value_of_bf16x##N(bits_of_bf16x##N(a)); }                        \
  INLINE int any_i32x##N(i32x##N m) {                                                                                   \
    int found = 0;                                                                                                      \
    EACH_LANE(i, N) found |= m[i];                                                                          \
    return found & 1;                                                                                                   \
  }

/// min and max out of pmin and pmax, which differ from them for a NaN in b and for two zeros.
#define MIN_MAX(N)                                                                                                      \
  INLINE f32x##N min_f32x##N(f32x##N a, f32x##N b) {                                                                    \
    f32x##N least = select_f32x##N(a == b, (f32x##N)((i32x##N)a | (i32x##N)b), pmin_f32x##N(a, b));                     \
    return select_f32x##N(b != b, b, least);                                                                            \
  }                                                                                                                     \
  INLINE f32x##N max_f32x##N(f32x##N a, f32x##N b) {                                                                    \
    f32x##N most = select_f32x##N(a == b, (f32x##N)((i32x##N)a & (i32x##N)b), pmax_f32x##N(a, b));                      \
    return select_f32x##N(b != b, b, most);                                                                             \
  }

#define PORTABLE_LIMITS(N)                                                                                              \
  INLINE f32x##N pmin_f32x##N(f32x##N a, f32x##N b) { return select_f32x##N(b < a, b, a); }                             \
  INLINE f32x##N pmax_f32x##N(f32x##N a, f32x##N b) { return select_f32x##N(a < b, b, a); }                             \
  MIN_MAX(N)

#define LANE_BY_LANE(name, N)                                                                                           \
  INLINE f32x##N name##_f32x##N(f32x##N a) {                                                                            \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = name##_f32(a[i]);                                                                \
    return r;                                                                                                           \
  }

#define PORTABLE_ROUNDING(N)                                                                                            \
  LANE_BY_LANE(sqrt, N)                                                                                                 \
  LANE_BY_LANE(floor, N)                                                                                                \
  LANE_BY_LANE(nearest, N)

#if defined(__clang__) && (defined(__FMA__) || defined(__aarch64__))
#define PORTABLE_FMA(N)                                                                                                 \
  INLINE f32x##N fma_f32x##N(f32x##N a, f32x##N b, f32x##N c) {                                                         \
    _Pragma("clang fp contract(fast)") return a * b + c;                                                                \
  }
#else
#define PORTABLE_FMA(N)                                                                                                 \
  INLINE f32x##N fma_f32x##N(f32x##N a, f32x##N b, f32x##N c) {                                                         \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = fma_f32(a[i], b[i], c[i]);                                                       \
    return r;                                                                                                           \
  }
#endif

#define PORTABLE_F16(N)                                                                                                 \
  INLINE i32x##N bits_of_f16x##N(f32x##N a) {                                                                           \
    i32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = bits_of_f16(a[i]);                                                               \
    return r;                                                                                                           \
  }                                                                                                                     \
  INLINE f32x##N load_f16x##N(const char *at) {                                                                         \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = value_of_f16(((const u16_at *)at)[i]);                                           \
    return r;                                                                                                           \
  }                                                                                                                     \
  INLINE f32x##N roundF16_f32x##N(f32x##N a) {                                                                          \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = roundF16_f32(a[i]);                                                              \
    return r;                                                                                                           \
  }

/// Lane i: a[2i] · b[2i] + a[2i + 1] · b[2i + 1], with a the bytes at an address and b the halves of a vector.
#define PORTABLE_DOT_BYTES(N)                                                                                           \
  INLINE i32x##N dotBytes_i32x##N(const char *at, i32x##N halves) {                                                     \
    i32x##N r;                                                                                                          \
    EACH_LANE(i, N)                                                                                                         \
      r[i] = ((const signed char *)at)[2 * i] * (short)halves[i] +                                                      \
             ((const signed char *)at)[2 * i + 1] * (halves[i] >> 16);                                                  \
    return r;                                                                                                           \
  }

/// The elements at an address, as many floats further on as the lanes say.
#define PORTABLE_GATHER(N)                                                                                              \
  INLINE f32x##N gather_f32x##N(const char *at, i32x##N indices) {                                                      \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = ((const f32_at *)at)[indices[i]];                                                            \
    return r;                                                                                                           \
  }
#define PORTABLE_WHERE(N, STEP)                                                                                         \
  INLINE f32x##N loadWhere##STEP##_f32x##N(i32x##N where, const char *at) {                                             \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = where[i] ? ((const f32_at *)at)[STEP * i] : 0.0f;                                            \
    return r;                                                                                                           \
  }
#define PORTABLE_GATHER_WHERE(N)                                                                                        \
  INLINE f32x##N gatherWhere_f32x##N(i32x##N where, const char *at, i32x##N indices) {                                  \
    f32x##N r;                                                                                                          \
    EACH_LANE(i, N) r[i] = where[i] ? ((const f32_at *)at)[indices[i]] : 0.0f;                                          \
    return r;                                                                                                           \
  }
#define INTEGER_GATHER(N)                                                                                               \
  INLINE i32x##N gather_i32x##N(const char *at, i32x##N indices) { return (i32x##N)gather_f32x##N(at, indices); }       \
  INLINE i32x##N loadWhere1_i32x##N(i32x##N where, const char *at) { return (i32x##N)loadWhere1_f32x##N(where, at); }   \
  INLINE i32x##N loadWhere2_i32x##N(i32x##N where, const char *at) { return (i32x##N)loadWhere2_f32x##N(where, at); }   \
  INLINE i32x##N gatherWhere_i32x##N(i32x##N where, const char *at, i32x##N indices) {                                  \
    return (i32x##N)gatherWhere_f32x##N(where, at, indices);                                                            \
  }

VECTORS(4)
#if defined(GCC_X86) && defined(__SSE4_1__)
INLINE f32x4 pmin_f32x4(f32x4 a, f32x4 b) { return __builtin_ia32_minps(b, a); }
INLINE f32x4 pmax_f32x4(f32x4 a, f32x4 b) { return __builtin_ia32_maxps(b, a); }
MIN_MAX(4)
INLINE f32x4 sqrt_f32x4(f32x4 a) { return __builtin_ia32_sqrtps(a); }
INLINE f32x4 floor_f32x4(f32x4 a) { return __builtin_ia32_roundps(a, 9); }
INLINE f32x4 nearest_f32x4(f32x4 a) { return __builtin_ia32_roundps(a, 8); }
#else
PORTABLE_LIMITS(4)
PORTABLE_ROUNDING(4)
#endif
#if defined(GCC_X86) && defined(__FMA__)
INLINE f32x4 fma_f32x4(f32x4 a, f32x4 b, f32x4 c) { return __builtin_ia32_vfmaddps(a, b, c); }
#else
PORTABLE_FMA(4)
#endif
#if defined(GCC_X86) && defined(__AVX2__)
INLINE f32x4 gather_f32x4(const char *at, i32x4 indices) {
  i32x4 all = {-1, -1, -1, -1};
  return __builtin_ia32_gathersiv4sf((f32x4){0}, (const float *)at, indices, (f32x4)all, 4);
}
INLINE f32x4 gatherWhere_f32x4(i32x4 where, const char *at, i32x4 indices) {
  return __builtin_ia32_gathersiv4sf((f32x4){0}, (const float *)at, indices, (f32x4)where, 4);
}
INLINE f32x4 loadWhere1_f32x4(i32x4 where, const char *at) {
  return __builtin_ia32_maskloadps((const f32x4 *)at, where);
}
#else
PORTABLE_GATHER(4)
PORTABLE_GATHER_WHERE(4)
PORTABLE_WHERE(4, 1)
#endif
#if defined(GCC_X86) && defined(__AVX512VL__) && defined(__AVX512DQ__) && defined(__BMI2__)
// Every second element is the lower half of a pair.
typedef long long i64x4 __attribute__((vector_size(32)));
typedef float f32x8_pairs __attribute__((vector_size(32)));
INLINE f32x4 loadWhere2_f32x4(i32x4 where, const char *at) {
  unsigned char pairs = __builtin_ia32_pdep_si(__builtin_ia32_cvtd2mask128(where), 0x55);
  f32x8_pairs both = __builtin_ia32_loadups256_mask((const float *)at, (f32x8_pairs){0}, pairs);
  return (f32x4)__builtin_ia32_pmovqd256_mask((i64x4)both, (i32x4){0}, (unsigned char)-1);
}
#else
PORTABLE_WHERE(4, 2)
#endif
INTEGER_GATHER(4)
PORTABLE_F16(4)
PORTABLE_DOT_BYTES(4)
INLINE f32x4 zipLow_f32x4(f32x4 a, f32x4 b) { return SHUFFLE(a, b, 0, 4, 1, 5); }
INLINE f32x4 zipHigh_f32x4(f32x4 a, f32x4 b) { return SHUFFLE(a, b, 2, 6, 3, 7); }
INLINE f32x4 joinLow_f32x4(f32x4 a, f32x4 b) { return SHUFFLE(a, b, 0, 1, 4, 5); }
INLINE f32x4 joinHigh_f32x4(f32x4 a, f32x4 b) { return SHUFFLE(a, b, 2, 3, 6, 7); }

#define QUADS(N)                                                                                                        \
  INLINE f32x4 quad_f32x##N(f32x##N a, int i) {                                                                         \
    union { f32x##N all; f32x4 quads[N / 4]; } u = {a};                                                                 \
    return u.quads[i];                                                                                                  \
  }                                                                                                                     \
  INLINE i32x4 quad_i32x##N(i32x##N a, int i) {                                                                         \
    union { i32x##N all; i32x4 quads[N / 4]; } u = {a};                                                                 \
    return u.quads[i];                                                                                                  \
  }

#if LUMBRE_LANES >= 8
VECTORS(8)
QUADS(8)
#if defined(GCC_X86) && defined(__AVX2__)
typedef short i16x16 __attribute__((vector_size(32)));
typedef short i16x8 __attribute__((vector_size(16)));
typedef char i8x16 __attribute__((vector_size(16)));
INLINE f32x8 pmin_f32x8(f32x8 a, f32x8 b) { return __builtin_ia32_minps256(b, a); }
INLINE f32x8 pmax_f32x8(f32x8 a, f32x8 b) { return __builtin_ia32_maxps256(b, a); }
MIN_MAX(8)
INLINE f32x8 sqrt_f32x8(f32x8 a) { return __builtin_ia32_sqrtps256(a); }
INLINE f32x8 floor_f32x8(f32x8 a) { return __builtin_ia32_roundps256(a, 9); }
INLINE f32x8 nearest_f32x8(f32x8 a) { return __builtin_ia32_roundps256(a, 8); }
INLINE i32x8 dotBytes_i32x8(const char *at, i32x8 halves) {
  i8x16 bytes;
  __builtin_memcpy(&bytes, at, 16);
  return (i32x8)__builtin_ia32_pmaddwd256((i16x16)__builtin_ia32_pmovsxbw256(bytes), (i16x16)halves);
}
INLINE f32x8 gather_f32x8(const char *at, i32x8 indices) {
  i32x8 all = {-1, -1, -1, -1, -1, -1, -1, -1};
  return __builtin_ia32_gathersiv8sf((f32x8){0}, (const float *)at, indices, (f32x8)all, 4);
}
INLINE f32x8 gatherWhere_f32x8(i32x8 where, const char *at, i32x8 indices) {
  return __builtin_ia32_gathersiv8sf((f32x8){0}, (const float *)at, indices, (f32x8)where, 4);
}
INLINE f32x8 loadWhere1_f32x8(i32x8 where, const char *at) {
  return __builtin_ia32_maskloadps256((const f32x8 *)at, where);
}
#else
PORTABLE_GATHER(8)
PORTABLE_GATHER_WHERE(8)
PORTABLE_WHERE(8, 1)
PORTABLE_LIMITS(8)
PORTABLE_ROUNDING(8)
PORTABLE_DOT_BYTES(8)
#endif
#if defined(GCC_X86) && defined(__AVX512VL__) && defined(__AVX512DQ__) && defined(__BMI2__)
typedef long long i64x8 __attribute__((vector_size(64)));
typedef float f32x16_pairs __attribute__((vector_size(64)));
INLINE f32x8 every_second(const char *at, unsigned char where) {
  unsigned short pairs = __builtin_ia32_pdep_si(where, 0x5555);
  f32x16_pairs both = __builtin_ia32_loadups512_mask((const float *)at, (f32x16_pairs){0}, pairs);
  return (f32x8)__builtin_ia32_pmovqd512_mask((i64x8)both, (i32x8){0}, (unsigned char)-1);
}
INLINE f32x8 loadWhere2_f32x8(i32x8 where, const char *at) {
  return every_second(at, __builtin_ia32_cvtd2mask256(where));
}
#else
PORTABLE_WHERE(8, 2)
#endif
INTEGER_GATHER(8)
#if defined(GCC_X86) && defined(__FMA__)
INLINE f32x8 fma_f32x8(f32x8 a, f32x8 b, f32x8 c) { return __builtin_ia32_vfmaddps256(a, b, c); }
#else
PORTABLE_FMA(8)
#endif
#if defined(GCC_X86) && defined(__F16C__)
INLINE i32x8 bits_of_f16x8(f32x8 a) {
  u16x8_at halves = (u16x8_at)__builtin_ia32_vcvtps2ph256(a, 0);
  return select_i32x8(a == a, __builtin_convertvector(halves, i32x8), 0x7e00 - (i32x8){0});
}
INLINE f32x8 load_f16x8(const char *at) {
  i16x8 halves;
  __builtin_memcpy(&halves, at, 16);
  return __builtin_ia32_vcvtph2ps256(halves);
}
INLINE f32x8 roundF16_f32x8(f32x8 a) {
  return __builtin_ia32_vcvtph2ps256((i16x8)__builtin_ia32_vcvtps2ph256(a, 0));
}
#else
PORTABLE_F16(8)
#endif
#endif

#if LUMBRE_LANES >= 16
VECTORS(16)
QUADS(16)
#if defined(GCC_X86) && defined(__AVX512F__) && defined(__AVX512BW__)
typedef short i16x32 __attribute__((vector_size(64)));
typedef short i16x16_512 __attribute__((vector_size(32)));
typedef char i8x32 __attribute__((vector_size(32)));
INLINE f32x16 pmin_f32x16(f32x16 a, f32x16 b) {
  return __builtin_ia32_minps512_mask(b, a, (f32x16){0}, (unsigned short)-1, 4);
}
INLINE f32x16 pmax_f32x16(f32x16 a, f32x16 b) {
  return __builtin_ia32_maxps512_mask(b, a, (f32x16){0}, (unsigned short)-1, 4);
}
MIN_MAX(16)
INLINE f32x16 sqrt_f32x16(f32x16 a) {
  return __builtin_ia32_sqrtps512_mask(a, (f32x16){0}, (unsigned short)-1, 4);
}
INLINE f32x16 floor_f32x16(f32x16 a) {
  return __builtin_ia32_rndscaleps_mask(a, 9, (f32x16){0}, (unsigned short)-1, 4);
}
INLINE f32x16 nearest_f32x16(f32x16 a) {
  return __builtin_ia32_rndscaleps_mask(a, 8, (f32x16){0}, (unsigned short)-1, 4);
}
INLINE f32x16 fma_f32x16(f32x16 a, f32x16 b, f32x16 c) {
  return __builtin_ia32_vfmaddps512_mask(a, b, c, (unsigned short)-1, 4);
}
INLINE i32x16 bits_of_f16x16(f32x16 a) {
  u16x16_at halves = (u16x16_at)__builtin_ia32_vcvtps2ph512_mask(a, 0, (i16x16_512){0}, (unsigned short)-1);
  return select_i32x16(a == a, __builtin_convertvector(halves, i32x16), 0x7e00 - (i32x16){0});
}
INLINE f32x16 value_of_f16x16(i16x16_512 halves) {
  return __builtin_ia32_vcvtph2ps512_mask(halves, (f32x16){0}, (unsigned short)-1, 4);
}
INLINE f32x16 load_f16x16(const char *at) {
  i16x16_512 halves;
  __builtin_memcpy(&halves, at, 32);
  return value_of_f16x16(halves);
}
INLINE f32x16 roundF16_f32x16(f32x16 a) {
  return value_of_f16x16((i16x16_512)__builtin_ia32_vcvtps2ph512_mask(a, 0, (i16x16_512){0}, (unsigned short)-1));
}
INLINE i32x16 dotBytes_i32x16(const char *at, i32x16 halves) {
  i8x32 bytes;
  __builtin_memcpy(&bytes, at, 32);
  i16x32 wide = (i16x32)__builtin_ia32_pmovsxbw512_mask(bytes, (i16x32){0}, (unsigned)-1);
  return (i32x16)__builtin_ia32_pmaddwd512_mask(wide, (i16x32)halves, (i32x16){0}, (unsigned short)-1);
}
INLINE f32x16 gather_f32x16(const char *at, i32x16 indices) {
  return __builtin_ia32_gathersiv16sf((f32x16){0}, (const float *)at, indices, (unsigned short)-1, 4);
}
INLINE unsigned short bits_of_mask16(i32x16 mask) { return __builtin_ia32_cvtd2mask512(mask); }
INLINE f32x16 gatherWhere_f32x16(i32x16 where, const char *at, i32x16 indices) {
  return __builtin_ia32_gathersiv16sf((f32x16){0}, (const float *)at, indices, bits_of_mask16(where), 4);
}
INLINE f32x16 loadWhere1_f32x16(i32x16 where, const char *at) {
  return __builtin_ia32_loadups512_mask((const float *)at, (f32x16){0}, bits_of_mask16(where));
}
INLINE f32x16 loadWhere2_f32x16(i32x16 where, const char *at) {
  unsigned short bits = bits_of_mask16(where);
  union { f32x8 halves[2]; f32x16 all; } u = {{every_second(at, bits), every_second(at + 64, bits >> 8)}};
  return u.all;
}
#else
PORTABLE_GATHER(16)
PORTABLE_GATHER_WHERE(16)
PORTABLE_WHERE(16, 1)
PORTABLE_WHERE(16, 2)
PORTABLE_LIMITS(16)
PORTABLE_ROUNDING(16)
PORTABLE_FMA(16)
PORTABLE_F16(16)
PORTABLE_DOT_BYTES(16)
#endif
INTEGER_GATHER(16)
#endif
