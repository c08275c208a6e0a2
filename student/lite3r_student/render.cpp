// Ray caster for procedural scenes: exact depth, and colour good enough to learn from.
//
// One source, two compilers: g++ builds the CPU version (samples, tests, visibility checks), nvcc the GPU version (training). Both run
// the same functions tile by tile, so they agree up to rounding. render.py compiles, loads and calls it.
//
// World: right-handed, z up, unit: whatever the scene says (metres in scenes.py). Cameras: OpenCV axes (x right, y down, z forward).
// A scene is four float tables (layouts below, mirrored in render.py): primitives, materials, lights, environment.
//
// Work per 16x16-pixel tile: (1) primitives whose bounding sphere meets the tile's cone; (2) nearest hit per pixel; (3) lists of
// primitives that can shadow or darken the hits of this tile; (4) shading; edge pixels are shaded at four more places.
#include <math.h>
#include <stdint.h>
#ifdef __CUDACC__
#define HD __host__ __device__ static inline
#else
#define HD static inline
#include <atomic>
#include <thread>
#include <vector>
#endif

enum { PRIM = 24, MAT = 32, LIGHT = 8, ENV = 24, CAM = 20, TILE = 16, MAXP = 224, MAXL = 4 };
// primitive: 0 shape, 1 material, 2-4 centre, 5-13 object-from-world rotation (rows), 14-16 half sizes, 17-20 shape parameters,
//            21 seed, 22 bounding radius, 23 casts shadow
// material:  0 pattern, 1 features per unit, 2-4 A, 5-7 B, 8-10 C (linear RGB), 11 contrast, 12 specular, 13 shininess, 14 bump, 15 emission,
//            16 dirt, 17 persistence of noise octaves, 18 anisotropy, 19-21 pattern parameters, 22 colour jitter, 23 mirror, 24 grain, 25 seed
// light:     0 directional (0) or point (1), 1-3 direction towards it / position, 4-6 colour, 7 softness (radius or angle)
// env:       0-2 zenith, 3-5 horizon, 6-8 ambient from above, 9-11 from below, 12 fog per unit, 13-15 fog colour, 16 occlusion reach,
//            17 clouds, 18 seed, 19 light count
// camera:    0-8 world-from-camera rotation (rows), 9-11 centre, 12 fx, 13 fy, 14 cx, 15 cy (pixels, corner origin), 16 k1, 17 footprint scale

enum { BOX = 0, ELLIPSOID = 1, CONE = 2, ROOM = 3, ROUNDBOX = 4, BLOB = 5, TERRAIN = 6 };

struct V { float x, y, z; };
HD V mk(float x, float y, float z) { V r = {x, y, z}; return r; }
HD V ld3(const float* p) { return mk(p[0], p[1], p[2]); }
HD V operator+(V a, V b) { return mk(a.x + b.x, a.y + b.y, a.z + b.z); }
HD V operator-(V a, V b) { return mk(a.x - b.x, a.y - b.y, a.z - b.z); }
HD V operator*(V a, float s) { return mk(a.x * s, a.y * s, a.z * s); }
HD V operator*(V a, V b) { return mk(a.x * b.x, a.y * b.y, a.z * b.z); }
HD float dot(V a, V b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
HD float len(V a) { return sqrtf(dot(a, a)); }
HD V unit(V a) { return a * (1.f / sqrtf(dot(a, a) + 1e-20f)); }
HD V mix(V a, V b, float t) { return a + (b - a) * t; }
HD float mixf(float a, float b, float t) { return a + (b - a) * t; }
HD float clampf(float x, float a, float b) { return fminf(fmaxf(x, a), b); }
HD float step01(float a, float b, float x) { float t = clampf((x - a) / (b - a), 0.f, 1.f); return t * t * (3.f - 2.f * t); }
HD V mul(const float* r, V a) { return mk(dot(ld3(r), a), dot(ld3(r + 3), a), dot(ld3(r + 6), a)); }
HD V mulT(const float* r, V a) { return ld3(r) * a.x + ld3(r + 3) * a.y + ld3(r + 6) * a.z; }

// ---------------------------------------------------------------- noise
HD uint32_t hash(uint32_t a) { a ^= a >> 16; a *= 0x7feb352du; a ^= a >> 15; a *= 0x846ca68bu; a ^= a >> 16; return a; }
HD uint32_t hash3(int x, int y, int z) { return hash((uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u ^ (uint32_t)z * 0xcb1ab31fu); }
HD float u01(uint32_t h) { return (h >> 8) * (1.f / 16777216.f); }
HD float rnd(int x, int y, int z) { return u01(hash3(x, y, z)); }
HD float fade(float t) { return t * t * t * (t * (t * 6.f - 15.f) + 10.f); }

HD float noise3(V p, int seed) {  // value noise in [0, 1]
  float fx = floorf(p.x), fy = floorf(p.y), fz = floorf(p.z);
  int x = (int)fx + seed * 57, y = (int)fy, z = (int)fz;
  float u = fade(p.x - fx), v = fade(p.y - fy), w = fade(p.z - fz);
  float a = mixf(mixf(rnd(x, y, z), rnd(x + 1, y, z), u), mixf(rnd(x, y + 1, z), rnd(x + 1, y + 1, z), u), v);
  float b = mixf(mixf(rnd(x, y, z + 1), rnd(x + 1, y, z + 1), u), mixf(rnd(x, y + 1, z + 1), rnd(x + 1, y + 1, z + 1), u), v);
  return mixf(a, b, w);
}
HD float noise2(float px, float py, int seed) {
  float fx = floorf(px), fy = floorf(py);
  int x = (int)fx, y = (int)fy;
  float u = fade(px - fx), v = fade(py - fy);
  return mixf(mixf(rnd(x, y, seed), rnd(x + 1, y, seed), u), mixf(rnd(x, y + 1, seed), rnd(x + 1, y + 1, seed), u), v);
}
// Sum of octaves, mean 0, about unit range; octaves finer than the footprint fade out (no aliasing, whatever the distance).
HD float fbm3(V p, float foot, float persist, int octaves, int seed) {
  float s = 0.f, a = 1.f, f = 1.f, norm = 0.f;
  for (int i = 0; i < octaves; i++) {
    float keep = clampf(1.6f - 2.f * f * foot, 0.f, 1.f);
    norm += a;
    if (keep > 0.f) s += a * keep * (noise3(p * f, seed + i) * 2.f - 1.f);
    a *= persist; f *= 2.03f;
  }
  return s / norm * 1.6f;
}
HD float fbm2(float x, float y, float foot, float persist, int octaves, int seed) {
  float s = 0.f, a = 1.f, f = 1.f, norm = 0.f;
  for (int i = 0; i < octaves; i++) {
    float keep = clampf(1.6f - 2.f * f * foot, 0.f, 1.f);
    norm += a;
    if (keep > 0.f) s += a * keep * (noise2(x * f, y * f, seed + i) * 2.f - 1.f);
    a *= persist; f *= 2.03f;
  }
  return s / norm * 1.6f;
}
HD V hue(uint32_t h) {  // a random, mostly muted colour
  float a = u01(hash(h + 1u)) * 6.2831853f, s = u01(hash(h + 2u)), v = u01(hash(h + 3u));
  s = s * s * 0.75f; v = 0.04f + 0.8f * v * v;
  return mk(v * (1.f + s * cosf(a)), v * (1.f + s * cosf(a - 2.094f)), v * (1.f + s * cosf(a + 2.094f)));
}

// ---------------------------------------------------------------- patterns (albedo at a surface point)
// Discs and rectangles of several sizes lying on each other: "dead leaves", whose statistics resemble photographs. Finer sizes on top.
HD V leaves(float u, float v, float foot, const float* m, V ground, int levels, float cover, int seed) {
  float size = 1.f;
  for (int i = 1; i < levels; i++) size *= 0.5f;
  V out = mk(0, 0, 0); float left = 1.f;
  for (int k = 0; k < levels && left > 0.02f; k++, size *= 2.f) {
    float keep = clampf(0.5f * size / (foot + 1e-9f) - 0.6f, 0.f, 1.f);
    if (keep <= 0.f) continue;
    float x = u / size, y = v / size, bx = floorf(x - 0.5f), by = floorf(y - 0.5f), soft = fmaxf(foot / size, 0.02f);
    for (int j = 0; j < 4; j++) {
      int ix = (int)bx + (j & 1), iy = (int)by + (j >> 1);
      uint32_t h = hash3(ix, iy, seed + 31 * k);
      if (u01(h) > cover) continue;
      float dx = x - ix - 0.35f - 0.3f * u01(hash(h + 11u)), dy = y - iy - 0.35f - 0.3f * u01(hash(h + 12u));
      float a = 3.1416f * u01(hash(h + 13u)), c = cosf(a), s = sinf(a), px = c * dx + s * dy, py = c * dy - s * dx;
      float r = 0.2f + 0.27f * u01(hash(h + 14u)), q = 0.35f + 0.65f * u01(hash(h + 15u)), e;
      if (h & 1u) e = sqrtf(px * px + py * py / (q * q)) - r; else e = fmaxf(fabsf(px) - r * 0.8f, fabsf(py) - r * 0.8f * q);
      float cov = clampf(0.5f - e / soft, 0.f, 1.f) * keep * left;
      if (cov <= 0.f) continue;
      float pick = u01(hash(h + 16u));
      V col = pick < 0.3f ? ld3(m + 2) : pick < 0.55f ? ld3(m + 5) : pick < 0.7f ? ld3(m + 8) : hue(h + 17u);
      col = col * (0.75f + 0.5f * u01(hash(h + 18u)) + 0.5f * (px * u01(hash(h + 19u)) + py * (u01(hash(h + 20u)) - 0.5f)));
      out = out + col * cov; left -= cov;
    }
  }
  return out + ground * left;
}

HD V pattern(const float* m, V p, float u, float v, float foot, int seed, float* gloss) {
  V A = ld3(m + 2), B = ld3(m + 5), C = ld3(m + 8);
  float k = m[1], con = m[11], per = m[17], an = m[18];
  float fs = foot * k;
  int kind = (int)m[0];
  switch (kind) {
    default: return A;
    case 1: {  // cloudy solid noise: plaster, stone, soil, asphalt
      float t = fbm3(mk(p.x * k, p.y * k, p.z * k * an), fs, per, 5, seed) * con;
      V c = mix(A, B, clampf(0.5f + t, 0.f, 1.f));
      return mix(c, C, 0.5f * step01(0.35f, 0.8f, fbm3(p * (k * 0.31f), fs * 0.31f, 0.5f, 2, seed + 77)));
    }
    case 2: {  // wood: boards along u, grain, gaps
      float w = m[19] > 0.f ? v / m[19] : 0.f, board = floorf(w), f = w - board;
      float r = rnd((int)board, seed, 3), ux = u + 7.3f * r;
      float g = fbm2(ux * k * 0.12f, (v + r * 3.f) * k, fs, 0.65f, 4, seed + 5);
      float ring = 0.5f + 0.5f * sinf(6.2831853f * ((v * k * 0.35f) + 2.2f * fbm2(ux * k * 0.05f, v * k * 0.2f, fs * 0.2f, 0.5f, 2, seed + 9)));
      ring = mixf(0.5f, ring, clampf(1.2f - fs * 0.8f, 0.f, 1.f));
      V c = mix(A, B, clampf(0.5f + con * (0.7f * g + 0.6f * (ring - 0.5f)), 0.f, 1.f)) * (1.f + m[22] * (r - 0.5f));
      if (m[19] > 0.f) {
        float gap = m[20] / m[19], sf = foot / m[19];
        float e = fminf(f, 1.f - f);
        c = mix(c, C, clampf(0.5f + (gap - e) / (sf + 0.01f), 0.f, 1.f) * clampf(gap * 2.f / (sf + 1e-6f), 0.f, 1.f));
      }
      return c;
    }
    case 3: {  // bricks and tiles: m19 width, m20 height, m21 joint, stagger by anisotropy
      float y = v / m[20], row = floorf(y), x = u / m[19] + an * (row - 2.f * floorf(row * 0.5f)), col = floorf(x);
      float ex = fminf(x - col, 1.f - (x - col)) * m[19], ey = fminf(y - row, 1.f - (y - row)) * m[20], e = fminf(ex, ey);
      float r = rnd((int)col, (int)row, seed), keep = clampf(1.7f - 2.f * foot / m[20], 0.f, 1.f);
      float g = fbm3(p * k, fs, per, 4, seed + 2) * con;
      V c = mix(A, B, clampf(0.5f + (r - 0.5f) * m[22] * keep + g, 0.f, 1.f)) * (1.f + 0.5f * m[22] * keep * (rnd((int)col, (int)row, seed + 1) - 0.5f));
      float joint = clampf(0.5f + (m[21] - e) / (foot + 0.15f * m[21]), 0.f, 1.f), mean = clampf(2.5f * m[21] / m[20], 0.f, 0.5f);
      *gloss = 1.f - joint;
      return mix(c, C, mixf(mean, joint, keep));
    }
    case 4: {  // picture, poster, screen, pile of things
      V g = mix(A, B, clampf(0.5f + 0.5f * fbm2(u * k * 0.3f, v * k * 0.3f, fs * 0.3f, 0.5f, 3, seed + 3), 0.f, 1.f));
      V c = leaves(u * k, v * k, fs, m, g, 4, 0.62f, seed);
      return c * (1.f + con * 0.5f * fbm2(u * k * 6.f, v * k * 6.f, fs * 6.f, 0.6f, 3, seed + 8));
    }
    case 5: {  // facade: windows of m19 x m20, share m21
      float x = u / m[19], y = v / m[20], col = floorf(x), row = floorf(y), fx = x - col - 0.5f, fy = y - row - 0.5f;
      V wall = mix(A, B, clampf(0.5f + con * fbm3(p * k, fs, per, 4, seed), 0.f, 1.f));
      float hw = 0.5f * m[21], hh = 0.5f * fminf(m[21] * an, 0.9f), sx = foot / m[19] + 0.004f, sy = foot / m[20] + 0.004f;
      float in = clampf(0.5f + (hw - fabsf(fx)) / sx, 0.f, 1.f) * clampf(0.5f + (hh - fabsf(fy)) / sy, 0.f, 1.f);
      float fr = 0.05f, gl = clampf(0.5f + (hw - fr - fabsf(fx)) / sx, 0.f, 1.f) * clampf(0.5f + (hh - fr - fabsf(fy)) / sy, 0.f, 1.f);
      gl *= 1.f - clampf(0.5f + (0.018f - fabsf(fx)) / sx, 0.f, 1.f);
      uint32_t h = hash3((int)col, (int)row, seed);
      float lit = u01(h);
      V glass = (lit < 0.7f ? mk(0.02f, 0.025f, 0.03f) : mk(0.3f, 0.28f, 0.25f)) * (0.5f + 1.5f * u01(hash(h + 1u)));
      if (u01(hash(h + 2u)) < 0.4f && fy < (u01(hash(h + 3u)) - 0.5f) * 0.6f) glass = mk(0.55f, 0.53f, 0.5f);  // blind half down
      glass = glass + mk(0.1f, 0.12f, 0.15f) * clampf(noise2(u * 0.7f, v * 0.7f, seed + 9) * 2.f - 0.8f, 0.f, 1.f);
      float sill = clampf(0.5f + (0.03f - fabsf(fy + hh + 0.03f)) / sy, 0.f, 1.f) * clampf(0.5f + (hw + 0.04f - fabsf(fx)) / sx, 0.f, 1.f);
      V c = mix(mix(wall, C * 0.8f, sill), mix(C, glass, gl), in);
      *gloss = gl * in;
      return c;
    }
    case 6: {  // printed page or label: blocks of text lines, a heading, a picture
      float x = u, y = v;
      float bx = floorf(x * k / 14.f), by = floorf(y * k / 11.f);
      uint32_t h = hash3((int)bx, (int)by, seed);
      V c = A;
      if (u01(h) < 0.28f) return leaves(u * k * 0.35f, v * k * 0.35f, fs * 0.35f, m, B, 3, 0.7f, seed + 5);
      float ly = y * k, row = floorf(ly), f = ly - row, big = u01(hash(h + 5u)) < 0.3f ? 3.f : 1.f;
      if (big > 1.f) { ly = y * k / 3.f; row = floorf(ly); f = ly - row; }
      float gx = x * k * 1.6f / big, ch = floorf(gx);
      float ink = (f > 0.25f && f < 0.8f) ? 1.f : 0.f;
      ink *= rnd((int)ch, (int)row, seed + 3) < 0.82f ? 1.f : 0.f;
      ink *= noise2(gx * 2.7f, ly * 4.3f, seed + 4) > 0.42f ? 1.f : 0.f;
      if (rnd((int)bx, (int)row, seed + 6) < 0.15f) ink = 0.f;
      float keep = clampf(1.5f - 2.f * fs / big, 0.f, 1.f);
      ink = mixf(0.27f, ink, keep) * (u01(hash(h + 7u)) < 0.8f ? 1.f : 0.f);
      return mix(c, big > 1.f ? C : B, ink * con);
    }
    case 7: {  // woven or printed stripes, plaid
      float x = u * k, y = v * k, keep = clampf(1.5f - 1.5f * fs, 0.f, 1.f);
      float a = rnd((int)floorf(x * 1.7f) % 9, 1, seed), b = rnd((int)floorf(y * 1.7f) % 9, 2, seed);
      float t = an < 0.5f ? a : 0.5f * (a + b);
      float yarn = sinf(x * 40.f) * sinf(y * 40.f) * 0.15f * clampf(1.f - fs * 14.f, 0.f, 1.f);
      return mix(mix(A, B, mixf(0.5f, step01(0.3f, 0.6f, t), keep)), C, keep * step01(0.8f, 0.85f, t)) * (1.f + yarn);
    }
    case 8: {  // cells: cobbles, gravel, rubble, dry earth, scales
      float x = u * k, y = v * k * an, bx = floorf(x), by = floorf(y), d1 = 9.f, d2 = 9.f; uint32_t best = 0;
      for (int j = 0; j < 9; j++) {
        int ix = (int)bx + j % 3 - 1, iy = (int)by + j / 3 - 1;
        uint32_t h = hash3(ix, iy, seed);
        float dx = ix + 0.1f + 0.8f * u01(h) - x, dy = iy + 0.1f + 0.8f * u01(hash(h)) - y, d = dx * dx + dy * dy;
        if (d < d1) { d2 = d1; d1 = d; best = h; } else if (d < d2) d2 = d;
      }
      float e = sqrtf(d2) - sqrtf(d1), r = u01(hash(best + 5u)), keep = clampf(1.4f - 1.2f * fs, 0.f, 1.f);
      V c = mix(A, B, clampf(0.5f + keep * (r - 0.5f) * m[22] + con * fbm3(p * (k * 2.5f), fs * 2.5f, per, 3, seed + 1), 0.f, 1.f));
      float joint = clampf(0.5f + (m[21] - e) / (fs + 0.06f), 0.f, 1.f) * keep;
      return mix(c, C, joint) * (1.f - 0.35f * keep * step01(0.05f, 0.7f, sqrtf(d1)));
    }
    case 9: {  // leaves and grass: fine, contrasty, with dark gaps
      float t = fbm3(mk(p.x * k, p.y * k, p.z * k * an), fs, 0.72f, 5, seed);
      V c = mix(A, B, clampf(0.5f + con * t, 0.f, 1.f));
      float big = fbm3(p * (k * 0.11f), fs * 0.11f, 0.6f, 3, seed + 3);
      c = mix(c, C, clampf(0.3f + big, 0.f, 0.8f));
      return c * (0.55f + 0.9f * step01(-0.45f, 0.35f, t));
    }
    case 10: {  // a row of books, folders or packages: m19 mean width
      float x = u / m[19], cell = floorf(x), f = x - cell;
      float cut = 0.25f + 0.5f * rnd((int)cell, 1, seed); int id = (int)cell * 2 + (f > cut ? 1 : 0);
      float e = fminf(fminf(f, 1.f - f), fabsf(f - cut)) * m[19];
      uint32_t h = hash3(id, 5, seed);
      V c = u01(h) < 0.35f ? mix(A, B, u01(hash(h + 1u))) : hue(h);
      float y = v / m[20], top = 0.65f + 0.35f * u01(hash(h + 2u));
      float band = noise2(y * 9.f, (float)id, seed + 1), keep = clampf(1.4f - 3.f * foot / m[19], 0.f, 1.f);
      if (band > 0.68f) c = mix(c, hue(h + 9u), keep);
      if (band < 0.3f) c = mix(c, mk(0.7f, 0.68f, 0.6f), keep * (noise2(u * 220.f, v * 90.f, seed + 2) > 0.5f ? 0.7f : 0.f));
      if (y > top) c = C * 0.15f;
      return c * (1.f - 0.75f * clampf(0.5f + (0.0025f - e) / (foot + 0.001f), 0.f, 1.f) * keep);
    }
    case 11: {  // ornament: few motifs on a plain ground, repeated
      float x = u * k, y = v * k, px = x - 2.f * floorf(x * 0.5f), py = y - 2.f * floorf(y * 0.5f);
      V g = A * (1.f + 0.3f * con * fbm2(x * 5.f, y * 5.f, fs * 5.f, 0.6f, 3, seed));
      V c = leaves(px, py, fs, m, g, 3, 0.3f, seed + 1);
      float swirl = fbm2(px * 3.1f, py * 3.1f, fs * 3.f, 0.5f, 3, seed + 4);
      return mix(c, B, clampf(1.f - fabsf(swirl - 0.2f) * 14.f, 0.f, 0.8f) * clampf(1.2f - fs * 2.f, 0.f, 1.f));
    }
    case 12: {  // granite, terrazzo, speckle
      float t = fbm3(p * k, fs, 0.9f, 4, seed), s = noise3(p * (k * 3.f), seed + 9);
      V c = mix(A, B, clampf(0.5f + con * t, 0.f, 1.f));
      return mix(c, C, clampf((s - 0.72f) * 12.f, 0.f, 1.f) * clampf(1.3f - 3.f * fs, 0.f, 1.f));
    }
    case 13: {  // streaks along u: brushed metal, carpet, rain marks
      float t = fbm2(u * k * 0.04f, v * k, fs, 0.85f, 4, seed) * con;
      float t2 = fbm2(u * k * 0.5f, v * k * 0.5f, fs, 0.8f, 3, seed + 4) * con;
      return mix(mix(A, B, clampf(0.5f + t, 0.f, 1.f)), C, clampf(0.5f * t2, 0.f, 1.f));
    }
    case 14: {  // furniture front: panels m19 x m20 with gaps m21, small handles
      float x = u / m[19], y = v / m[20], col = floorf(x), row = floorf(y), fx = x - col, fy = y - row;
      float e = fminf(fminf(fx, 1.f - fx) * m[19], fminf(fy, 1.f - fy) * m[20]);
      V c = mix(A, B, clampf(0.3f + 0.6f * con * fbm2(u * k * 0.2f, v * k, fs, 0.6f, 3, seed), 0.f, 1.f)) * (1.f + 0.12f * m[22] * (rnd((int)col, (int)row, seed) - 0.5f));
      c = c * (1.f - 0.8f * clampf(0.5f + (m[21] - e) / (foot + 0.001f), 0.f, 1.f));
      float hx = fabsf(fx - 0.5f) * m[19], hy = fabsf(fy - 0.86f) * m[20];
      float knob = clampf(0.5f + (0.07f - hx) / (foot + 0.002f), 0.f, 1.f) * clampf(0.5f + (0.009f - hy) / (foot + 0.002f), 0.f, 1.f);
      return mix(c, C, knob);
    }
    case 15: {  // ground seen from above: lawn, soil and paths in patches
      float big = fbm2(p.x * k * 0.05f, p.y * k * 0.05f, fs * 0.05f, 0.5f, 4, seed);
      float t = fbm2(p.x * k, p.y * k, fs, 0.75f, 5, seed + 7);
      V c = mix(A, B, clampf(0.5f + con * t, 0.f, 1.f));
      float edge = clampf(0.5f + (big - 0.18f) / (0.02f + fs * 0.05f), 0.f, 1.f);
      V soil = C * (1.f + 0.5f * con * fbm2(p.x * k * 2.f, p.y * k * 2.f, fs * 2.f, 0.8f, 4, seed + 9));
      c = mix(c, soil, edge * m[22]);
      float path = fabsf(fbm2(p.x * k * 0.02f + 3.f, p.y * k * 0.02f, fs * 0.02f, 0.3f, 2, seed + 21)) / 0.05f;
      return mix(c, mk(0.32f, 0.29f, 0.27f) * (1.f + 0.3f * t), m[21] * clampf(1.3f - path, 0.f, 1.f));
    }
  }
}

// ---------------------------------------------------------------- shapes, in object coordinates
struct Hit { float t; int prim; V n; V q; float u, v; };  // n object-space normal, q object-space point, (u, v) on the surface

HD float sdBox(V p, V h) {
  V d = mk(fabsf(p.x) - h.x, fabsf(p.y) - h.y, fabsf(p.z) - h.z);
  V o = mk(fmaxf(d.x, 0), fmaxf(d.y, 0), fmaxf(d.z, 0));
  return len(o) + fminf(fmaxf(d.x, fmaxf(d.y, d.z)), 0.f);
}
HD float sdEllipsoid(V p, V h) {
  V a = mk(p.x / h.x, p.y / h.y, p.z / h.z), b = mk(a.x / h.x, a.y / h.y, a.z / h.z);
  float k0 = len(a), k1 = len(b);
  return k1 > 1e-9f ? k0 * (k0 - 1.f) / k1 : -fminf(h.x, fminf(h.y, h.z));
}
HD float sdBlob(V p, const float* g) {  // ellipsoid with bumps: g[17] amplitude (share of the radius), g[18] bumps
  V h = ld3(g + 14);
  float f = g[18], s = g[21];
  V a = mk(p.x / h.x, p.y / h.y, p.z / h.z);
  float w = sinf(a.x * f + s) * sinf(a.y * f + 1.7f * s) * sinf(a.z * f + 2.3f * s);
  w += 0.5f * sinf(a.x * f * 2.3f + a.y * f + s) * sinf(a.z * f * 2.1f - s);
  float r = fminf(h.x, fminf(h.y, h.z));
  return sdEllipsoid(p, h) - g[17] * r * w;
}
HD float sdRoundBox(V p, const float* g) { float r = g[17]; V h = ld3(g + 14); return sdBox(p, mk(h.x - r, h.y - r, h.z - r)) - r; }

HD float terrain(float x, float y, const float* g, float foot, bool fine) {  // height above the object's origin plane
  // g[17] amplitude, g[18] features per unit, g[19] canopy height (0: none), g[20] crown size
  int s = (int)g[21];
  float h = g[17] * fbm2(x * g[18], y * g[18], 0.f, 0.45f, 2, s);
  if (g[19] > 0.f) {
    float cover = clampf(0.5f + 3.5f * fbm2(x * 0.13f / g[20], y * 0.13f / g[20], 0.f, 0.5f, 2, s + 50), 0.f, 1.f);
    if (cover > 0.f) {
      float top = 0.f;
      for (int k = 0; k < 2; k++) {
        float size = g[20] * (k ? 0.55f : 1.f), px = x / size, py = y / size, bx = floorf(px - 0.5f), by = floorf(py - 0.5f);
        for (int j = 0; j < 4; j++) {
          int ix = (int)bx + (j & 1), iy = (int)by + (j >> 1);
          uint32_t q = hash3(ix, iy, s + 60 + k);
          float dx = px - ix - 0.35f - 0.3f * u01(q), dy = py - iy - 0.35f - 0.3f * u01(hash(q)), r = 0.3f + 0.2f * u01(hash(q + 1u));
          float d = (dx * dx + dy * dy) / (r * r);
          if (d < 1.f) top = fmaxf(top, (0.45f + 0.55f * u01(hash(q + 2u))) * (k ? 0.6f : 1.f) * sqrtf(1.f - d * 0.92f));
        }
      }
      float rough = fine ? 0.3f * fbm2(x * 4.f / g[20], y * 4.f / g[20], foot * 4.f / g[20], 0.75f, 2, s + 70) : 0.2f;
      h += g[19] * cover * top * (1.f + rough);
    }
  }
  return h;
}

HD bool hole(const float* g, float u, float v, V q) {  // g[19] kind of cut-out: 1 leaves, 2 slats across u, 3 grid; g[20] share kept
  int kind = (int)g[19];
  if (kind == 0 || (int)g[0] == TERRAIN) return false;
  float f = g[18];
  if (kind == 1) return noise3(q * f, (int)g[21]) * 0.65f + 0.35f * noise3(q * (f * 2.7f), (int)g[21] + 3) > 0.28f + 0.4f * g[20];
  float a = u * f - floorf(u * f), b = v * f - floorf(v * f);
  return kind == 2 ? a > g[20] : (a > g[20] && b > g[20]);
}

HD void boxFace(V q, V h, V* n, float* u, float* v) {
  float ax = fabsf(q.x) / h.x, ay = fabsf(q.y) / h.y, az = fabsf(q.z) / h.z;
  if (ax >= ay && ax >= az) { *n = mk(q.x > 0 ? 1 : -1, 0, 0); *u = q.y; *v = q.z; }
  else if (ay >= az) { *n = mk(0, q.y > 0 ? 1 : -1, 0); *u = q.x; *v = q.z; }
  else { *n = mk(0, 0, q.z > 0 ? 1 : -1); *u = q.x; *v = q.y; }
}

// Nearest intersection with t in (t0, t1). o, d in world coordinates, |d| = 1. full: also normal and surface coordinates.
HD bool intersect(const float* g, V o, V d, float t0, float t1, float foot, bool full, Hit* hit) {
  int shape = (int)g[0];
  V lo = mul(g + 5, o - ld3(g + 2)), l = mul(g + 5, d), h = ld3(g + 14);
  float ix = 1.f / (fabsf(l.x) > 1e-9f ? l.x : 1e-9f), iy = 1.f / (fabsf(l.y) > 1e-9f ? l.y : 1e-9f), iz = 1.f / (fabsf(l.z) > 1e-9f ? l.z : 1e-9f);
  float a, b;
  if (shape == ELLIPSOID) {
    V p = mk(lo.x / h.x, lo.y / h.y, lo.z / h.z), e = mk(l.x / h.x, l.y / h.y, l.z / h.z);
    float A = dot(e, e), B = dot(p, e), C = dot(p, p) - 1.f, D = B * B - A * C;
    if (D <= 0.f) return false;
    D = sqrtf(D); a = (-B - D) / A; b = (-B + D) / A;
  } else {  // slabs
    float ax = (-h.x - lo.x) * ix, bx = (h.x - lo.x) * ix, ay = (-h.y - lo.y) * iy, by = (h.y - lo.y) * iy, az = (-h.z - lo.z) * iz, bz = (h.z - lo.z) * iz;
    a = fmaxf(fmaxf(fminf(ax, bx), fminf(ay, by)), fminf(az, bz));
    b = fminf(fminf(fmaxf(ax, bx), fmaxf(ay, by)), fmaxf(az, bz));
    if (!(b > a)) return false;
  }
  if (b <= t0 || (shape != ROOM && a >= t1)) return false;
  float t = -1.f;
  V q, n = mk(0, 0, 1); float u = 0, v = 0;
  if (shape == ROOM) {
    if (b >= t1) return false;
    t = b; q = lo + l * t;
    if (full) { boxFace(q, h, &n, &u, &v); n = n * -1.f; }
  } else if (shape == BOX || shape == ELLIPSOID) {
    for (int side = 0; side < 2; side++) {
      t = side ? b : a;
      if (t <= t0 || t >= t1) { t = -1.f; continue; }
      q = lo + l * t;
      if (shape == BOX) { if (full || g[19] > 0.f) boxFace(q, h, &n, &u, &v); }
      else if (full) {
        n = unit(mk(q.x / (h.x * h.x), q.y / (h.y * h.y), q.z / (h.z * h.z)));
        u = atan2f(q.y, q.x) * fmaxf(h.x, h.y); v = q.z;
      }
      if (g[19] > 0.f && hole(g, u, v, q)) { t = -1.f; continue; }
      if (side) n = n * -1.f;
      break;
    }
    if (t < 0.f) return false;
  } else if (shape == CONE) {  // radius h.x at z = -h.z, g[17] * h.x at z = +h.z
    float k = (g[17] - 1.f) * h.x / (2.f * h.z), r0 = 0.5f * (1.f + g[17]) * h.x;
    float A = l.x * l.x + l.y * l.y - k * k * l.z * l.z, rz = r0 + k * lo.z, B = lo.x * l.x + lo.y * l.y - k * l.z * rz, C = lo.x * lo.x + lo.y * lo.y - rz * rz;
    float D = B * B - A * C, best = t1; bool found = false;
    if (D > 0.f && fabsf(A) > 1e-9f) {
      D = sqrtf(D);
      for (int s = 0; s < 2; s++) {
        float c = (-B + (s ? D : -D)) / A, z = lo.z + l.z * c;
        if (c > t0 && c < best && fabsf(z) <= h.z && r0 + k * z >= 0.f) { best = c; found = true; q = lo + l * c; n = unit(mk(q.x, q.y, -k * (r0 + k * z))); u = atan2f(q.y, q.x) * h.x; v = q.z; }
      }
    }
    for (int s = 0; s < 2; s++) {
      float z = s ? h.z : -h.z, c = (z - lo.z) * iz, r = s ? g[17] * h.x : h.x;
      if (c > t0 && c < best) { V w = lo + l * c; if (w.x * w.x + w.y * w.y <= r * r) { best = c; found = true; q = w; n = mk(0, 0, s ? 1 : -1); u = w.x; v = w.y; } }
    }
    if (!found) return false;
    t = best;
    if (dot(n, l) > 0.f) n = n * -1.f;
  } else if (shape == TERRAIN) {  // march down to the surface, then bisect
    float c = fmaxf(a, t0), end = fminf(b, t1), last = c, near = 0.3f * g[19]; bool under = false;
    float sink = fmaxf(fabsf(l.z), 0.15f), relax = 0.5f + 0.35f * sink * sink;
    for (int i = 0; i < 40; i++) {
      V w = lo + l * c;
      float gap = w.z - terrain(w.x, w.y, g, foot * c, false);
      if (gap < near) gap = w.z - terrain(w.x, w.y, g, foot * c, true);  // fine detail only where it can matter
      if (gap < 0.f) { under = true; break; }
      last = c;
      if (c >= end) break;
      c += fmaxf(gap * relax / sink * (0.3f + 0.7f * sink), 0.002f * c + 0.02f);
      if (c > end) c = end;
    }
    if (!under && (c >= end || lo.z + l.z * c > 2.5f * h.z)) return false;  // out of steps, still inside: take what was reached
    for (int i = 0; i < 5; i++) {
      float m = 0.5f * (last + c); V w = lo + l * m;
      if (w.z < terrain(w.x, w.y, g, foot * m, true)) c = m; else last = m;
    }
    t = c; q = lo + l * t;
    if (full) {
      float e = fmaxf(foot * t * 1.2f, 0.01f), f = foot * t, z0 = terrain(q.x, q.y, g, f, true);
      n = unit(mk(z0 - terrain(q.x + e, q.y, g, f, true), z0 - terrain(q.x, q.y + e, g, f, true), e)); u = q.x; v = q.y;
    }
  } else {  // signed distance inside the bounding box
    float c = fmaxf(a, t0); bool found = false; float slack = shape == BLOB ? 0.7f : 1.f, eps = 1e-3f * fmaxf(h.x, fmaxf(h.y, h.z));
    for (int i = 0; i < 28; i++) {
      V w = lo + l * c;
      float s = shape == BLOB ? sdBlob(w, g) : sdRoundBox(w, g);
      if (s < eps) { found = true; break; }
      c += s * slack;
      if (c > b || c >= t1) break;
    }
    if (!found || c >= t1) return false;
    t = c; q = lo + l * t;
    if (full) {
      float e = 2e-3f * fmaxf(h.x, fmaxf(h.y, h.z));
#define SD(P) (shape == BLOB ? sdBlob(P, g) : sdRoundBox(P, g))
      float z0 = SD(q);
      n = unit(mk(SD(q + mk(e, 0, 0)) - z0, SD(q + mk(0, e, 0)) - z0, SD(q + mk(0, 0, e)) - z0));
      float nx = fabsf(n.x), ny = fabsf(n.y), nz = fabsf(n.z);
      if (nx >= ny && nx >= nz) { u = q.y; v = q.z; } else if (ny >= nz) { u = q.x; v = q.z; } else { u = q.x; v = q.y; }
    }
  }
  hit->t = t;
  if (full) { hit->n = n; hit->q = q; hit->u = u; hit->v = v; }
  return true;
}

HD float distanceTo(const float* g, V p) {  // signed distance, good enough for ambient occlusion
  V q = mul(g + 5, p - ld3(g + 2)), h = ld3(g + 14);
  switch ((int)g[0]) {
    case ROOM: return -sdBox(q, h);
    case ELLIPSOID: case BLOB: return sdEllipsoid(q, h);
    case CONE: { float r = h.x * mixf(1.f, g[17], clampf(0.5f + 0.5f * q.z / h.z, 0.f, 1.f)); float dx = sqrtf(q.x * q.x + q.y * q.y) - r, dz = fabsf(q.z) - h.z;
      float ox = fmaxf(dx, 0), oz = fmaxf(dz, 0); return sqrtf(ox * ox + oz * oz) + fminf(fmaxf(dx, dz), 0.f); }
    case TERRAIN: return 1e9f;
    default: return sdBox(q, h);
  }
}

// ---------------------------------------------------------------- light
struct Scene { const float *prims, *mats, *lights, *env; int count; };
struct List { const short* id; int n; };

HD V sky(const float* e, V d) {
  float up = clampf(d.z, 0.f, 1.f);
  V c = mix(ld3(e + 3), ld3(e), sqrtf(up));
  if (e[17] > 0.f && d.z > 0.02f) {
    float s = 1.f / (d.z + 0.15f), t = fbm2(d.x * s * 1.3f, d.y * s * 1.3f, 0.02f * s, 0.6f, 4, (int)e[18]);
    c = mix(c, mk(1, 1, 1) * (0.5f * (e[3] + e[4])), clampf(t * 1.5f * e[17], 0.f, 0.9f));
  }
  return d.z < 0.f ? mix(ld3(e + 3), ld3(e + 9), clampf(-d.z * 4.f, 0.f, 1.f)) : c;
}

HD V shade(const Scene& s, const Hit& h, V o, V d, float foot, List shadow0, List shadow1, List near, uint32_t jitter, int taps) {
  const float* g = s.prims + h.prim * PRIM; const float* m = s.mats + (int)g[1] * MAT; const float* e = s.env;
  V n = mulT(g + 5, h.n), p = o + d * h.t;
  if (dot(n, d) > 0.f) n = n * -1.f;
  V face = n;
  // Never above 1, which rounding can make of a surface faced head-on: 1 - facing goes into powf, and nvcc's fast powf of a negative number is NaN.
  float facing = clampf(-dot(n, d), 0.08f, 1.f), f = foot * h.t / sqrtf(facing);
  int seed = (int)g[21] + (int)m[25];
  V q = h.q + mk(g[21] * 0.37f, g[21] * 0.11f, 0.f);
  float gloss = 1.f;
  V alb = pattern(m, q, h.u + g[21] * 0.173f * (m[0] != 5.f && m[0] != 14.f), h.v, f, seed, &gloss);
  float dirt = 1.f + m[16] * fbm3(p * 0.9f, f * 0.9f, 0.55f, 3, seed + 13) + m[24] * fbm3(q * 90.f, f * 90.f, 0.8f, 2, seed + 17);
  alb = alb * fmaxf(dirt, 0.05f);
  if (m[14] > 0.f) {  // bumps: tilt the normal by the slope of noise
    float k = m[1] * 1.7f, fs = f * k, w = m[14] * clampf(1.4f - 1.5f * fs, 0.f, 1.f);
    if (w > 0.f) {
      V r = p * k; float z = noise3(r, seed + 40), dd = 0.25f;
      V b = mk(noise3(r + mk(dd, 0, 0), seed + 40) - z, noise3(r + mk(0, dd, 0), seed + 40) - z, noise3(r + mk(0, 0, dd), seed + 40) - z) * (w / dd);
      n = unit(n - (b - n * dot(b, n)));
    }
  }
  // ambient, darkened where other surfaces are near
  float reach = e[16], occ = 1.f;
  if (reach > 0.f) {
    V pa = p + n * reach, pb = p + n * (reach * 0.28f);
    float da = reach, db = reach * 0.28f;
    for (int i = 0; i < near.n; i++) {
      const float* k = s.prims + near.id[i] * PRIM;
      if (near.id[i] == h.prim && (int)g[0] != ROOM) continue;
      da = fminf(da, distanceTo(k, pa)); db = fminf(db, distanceTo(k, pb));
    }
    occ = (1.f - 0.55f * clampf(1.f - da / reach, 0.f, 1.f)) * (1.f - 0.5f * clampf(1.f - db / (reach * 0.28f), 0.f, 1.f));
  }
  V light = mix(ld3(e + 9), ld3(e + 6), 0.5f + 0.5f * n.z) * occ, spec = mk(0, 0, 0);
  int lights = (int)e[19];
  for (int i = 0; i < lights; i++) {
    const float* L = s.lights + i * LIGHT;
    V to = ld3(L + 1); float dist = 1e9f, fall = 1.f;
    if (L[0] > 0.5f) { to = to - p; dist = len(to); to = to * (1.f / dist); fall = 1.f / (1.f + 0.25f * dist * dist); }
    float c = dot(n, to);
    if (c <= 0.f) continue;
    if (i < 2) {  // soft shadow: `taps` rays to a disc around the light, spread evenly, the whole pattern turned from pixel to pixel
      List sh = i ? shadow1 : shadow0; Hit x; V start = p + face * (2e-3f * reach + 2e-4f * h.t);
      V side = unit(fabsf(to.z) < 0.9f ? mk(-to.y, to.x, 0.f) : mk(0.f, -to.z, to.y)), up = mk(to.y * side.z - to.z * side.y, to.z * side.x - to.x * side.z, to.x * side.y - to.y * side.x);
      float turn = 6.2831853f * u01(hash(jitter + 7u * i)), lit = 0.f, spread = L[0] > 0.5f ? L[7] / dist : L[7];
      for (int tap = 0; tap < taps; tap++) {
        float r = spread * sqrtf((tap + 0.5f) / taps), a = turn + 2.39996f * tap;
        V ray = unit(to + side * (r * cosf(a)) + up * (r * sinf(a)));
        bool dark = dot(ray, face) <= 0.f;
        for (int k = 0; k < sh.n && !dark; k++) dark = intersect(s.prims + sh.id[k] * PRIM, start, ray, 1e-4f, dist - 0.02f, 0.f, false, &x);
        lit += dark ? 0.f : 1.f;
      }
      fall *= lit / taps;
    }
    if (fall <= 0.f) continue;
    light = light + ld3(L + 4) * (c * fall);
    if (m[12] > 0.f) {
      V half = unit(to - d); float sp = powf(fmaxf(dot(n, half), 0.f), m[13]) * m[12] * gloss * (m[13] + 8.f) * 0.04f;
      spec = spec + ld3(L + 4) * (sp * fall);
    }
  }
  V out = alb * light + spec + alb * m[15];
  if (m[23] > 0.f) {  // mirror-like part: what a blurred surrounding would show
    V r = d - n * (2.f * dot(n, d)); float fr = m[23] * gloss * (0.25f + 0.75f * powf(1.f - facing, 4.f));
    float spots = clampf(fbm3(mk(r.x * 3.f, r.y * 3.f, r.z * 5.f), 0.f, 0.5f, 2, (int)e[18] + 5) * 3.f - 0.6f, 0.f, 2.f);
    out = out + (sky(e, r) * 0.5f + ld3(e + 6) * spots) * fr * occ;
  }
  float fog = 1.f - expf(-e[12] * h.t);
  return mix(out, ld3(e + 13), fog);
}

// ---------------------------------------------------------------- one pixel, one tile
HD V ray(const float* c, float px, float py) {
  float x = (px - c[14]) / c[12], y = (py - c[15]) / c[13], k = 1.f + c[16] * (x * x + y * y);  // k1 acts on the ray: a mild lens
  return unit(mk(c[0] * x * k + c[1] * y * k + c[2], c[3] * x * k + c[4] * y * k + c[5], c[6] * x * k + c[7] * y * k + c[8]));
}
HD bool trace(const Scene& s, List l, V o, V d, float foot, Hit* best) {
  best->t = 1e9f; best->prim = -1;
  Hit h;
  for (int i = 0; i < l.n; i++)
    if (intersect(s.prims + l.id[i] * PRIM, o, d, 0.02f, best->t, foot, false, &h)) { best->t = h.t; best->prim = l.id[i]; }
  if (best->prim < 0) return false;
  float t = best->t; int id = best->prim;
  // once more for the normal and the surface coordinates; marched shapes start just before the hit
  if (!intersect(s.prims + id * PRIM, o, d, fmaxf(0.02f, t * 0.9995f - 1e-4f), t * 1.0005f + 1e-4f, foot, true, best)) { best->prim = -1; return false; }
  best->prim = id; best->t = t;
  return true;
}
HD int nearestId(const Scene& s, List l, V o, V d, float foot) {
  float t = 1e9f; int id = -1; Hit h;
  for (int i = 0; i < l.n; i++)
    if (intersect(s.prims + l.id[i] * PRIM, o, d, 0.02f, t, foot, false, &h)) { t = h.t; id = l.id[i]; }
  return id;
}
// Colour of an edge pixel: the share each neighbouring surface has of it, by four more rays that only ask what they meet.
HD V blend(const Scene& s, List l, const float* cam, V o, float foot, int x, int y, int k, const int* ids, const V* colours) {
  V sum = colours[k];
  int tx = k % TILE, ty = k / TILE;
  for (int i = 0; i < 4; i++) {
    int id = nearestId(s, l, o, ray(cam, x + (i & 1 ? 0.75f : 0.25f), y + (i & 2 ? 0.75f : 0.25f)), foot);
    V c = colours[k]; bool found = id == ids[k];
    int sx = i & 1 ? 1 : -1, sy = i & 2 ? 1 : -1;  // nearest neighbours of this quarter first
    for (int j = 0; j < 6 && !found; j++) {
      int nx = tx + (j == 0 ? sx : j == 1 ? 0 : j == 2 ? sx : j == 3 ? -sx : j == 4 ? 0 : -sx), ny = ty + (j == 0 ? 0 : j == 1 ? sy : j == 2 ? sy : j == 3 ? 0 : -sy);
      if (nx < 0 || ny < 0 || nx >= TILE || ny >= TILE || ids[ny * TILE + nx] != id) continue;
      found = true; c = colours[ny * TILE + nx];
    }
    sum = sum + c;
  }
  return sum * 0.2f;
}
struct Pyramid { V n[4]; };  // the tile's four side planes, pointing inwards, through the eye
HD bool meetsPyramid(const float* g, V o, const Pyramid& t) {  // oriented bounding box against the planes
  if ((int)g[0] == ROOM) return true;
  V c = ld3(g + 2) - o, h = ld3(g + 14);
  for (int i = 0; i < 4; i++) {
    V l = mul(g + 5, t.n[i]);
    if (dot(t.n[i], c) + fabsf(l.x) * h.x + fabsf(l.y) * h.y + fabsf(l.z) * h.z < -1e-3f * (fabsf(c.x) + fabsf(c.y) + fabsf(c.z))) return false;
  }
  return true;
}
HD bool meetsCapsule(const float* g, V c, float r, const float* L) {  // can it stand between hits within r of c and the light L?
  if (g[23] < 0.5f) return false;
  V to = L[0] > 0.5f ? ld3(L + 1) - c : ld3(L + 1) * 1e4f;
  r += L[0] > 0.5f ? L[7] : L[7] * (len(ld3(g + 2) - c) + g[22]);
  V p = mul(g + 5, c - ld3(g + 2)), d = mul(g + 5, to), h = ld3(g + 14);
  float a = 0.f, b = 1.f;  // the segment against the box grown by r
  float q[3] = {p.x, p.y, p.z}, e[3] = {d.x, d.y, d.z}, k[3] = {h.x + r, h.y + r, h.z + r};
#ifdef __CUDACC__
#pragma unroll
#endif
  for (int i = 0; i < 3; i++) {
    float inv = 1.f / (fabsf(e[i]) > 1e-9f ? e[i] : 1e-9f), x = (-k[i] - q[i]) * inv, y = (k[i] - q[i]) * inv;
    a = fmaxf(a, fminf(x, y)); b = fminf(b, fmaxf(x, y));
  }
  return b >= a;
}
HD bool meetsBall(const float* g, V c, float r) {
  if ((int)g[0] == ROOM) return true;
  V p = mul(g + 5, c - ld3(g + 2)), h = ld3(g + 14);
  return fabsf(p.x) < h.x + r && fabsf(p.y) < h.y + r && fabsf(p.z) < h.z + r;
}
struct Args {
  const float *prims, *mats, *lights, *env, *cams; const int* counts; int maxPrims, maxMats, views, height, width, extra, taps; float *rgb, *depth;
};
HD Scene sceneOf(const Args& a, int image) {
  int b = image / a.views;
  Scene s = {a.prims + (long)b * a.maxPrims * PRIM, a.mats + (long)b * a.maxMats * MAT, a.lights + (long)b * MAXL * LIGHT, a.env + (long)b * ENV, a.counts[b]};
  return s;
}
HD Pyramid tilePyramid(const float* cam, int x0, int y0, int w, int h) {
  float l = x0 - 0.6f, t = y0 - 0.6f, r = fminf(x0 + TILE, (float)w) + 0.6f, b = fminf(y0 + TILE, (float)h) + 0.6f;
  V c[4] = {ray(cam, l, t), ray(cam, r, t), ray(cam, r, b), ray(cam, l, b)}, mid = c[0] + c[1] + c[2] + c[3];
  Pyramid p;
#ifdef __CUDACC__
#pragma unroll
#endif
  for (int i = 0; i < 4; i++) {
    V u = c[i], v = c[(i + 1) & 3];
    p.n[i] = unit(mk(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x));
    if (dot(p.n[i], mid) < 0.f) p.n[i] = p.n[i] * -1.f;
  }
  return p;
}
HD bool isEdge(const int* ids, int k) {
  int x = k % TILE, y = k / TILE, id = ids[k];
  return (x > 0 && ids[k - 1] != id) || (x < TILE - 1 && ids[k + 1] != id) || (y > 0 && ids[k - TILE] != id) || (y < TILE - 1 && ids[k + TILE] != id);
}
HD V colourOf(const Scene& s, const Hit& h, V o, V d, float foot, List a, List b, List near, uint32_t j, int taps) {
  return h.prim < 0 ? sky(s.env, d) : shade(s, h, o, d, foot, a, b, near, j, taps);
}

#ifdef __CUDACC__
__device__ int compact(bool take, int i, short* out, int* total) {  // keeps the order: the result does not depend on timing
  unsigned mask = __ballot_sync(0xffffffffu, take);
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  __shared__ int base[8];
  if (lane == 0) base[warp] = __popc(mask);
  __syncthreads();
  int before = 0, all = 0;
  for (int w = 0; w < 8; w++) { if (w < warp) before += base[w]; all += base[w]; }
  if (take) out[before + __popc(mask & ((1u << lane) - 1u))] = (short)i;
  __syncthreads();
  *total = all;
  return all;
}
__global__ void __launch_bounds__(256, 2) renderKernel(Args a) {
  int image = blockIdx.z, x0 = blockIdx.x * TILE, y0 = blockIdx.y * TILE, tid = threadIdx.x, x = x0 + tid % TILE, y = y0 + tid / TILE;
  __shared__ short seen[MAXP], sh0[MAXP], sh1[MAXP], nearby[MAXP];
  __shared__ float red[6][8];
  __shared__ int ids[256];
  __shared__ V colours[256];
  Scene s = sceneOf(a, image); const float* cam = a.cams + (long)image * CAM; V o = ld3(cam + 9);
  Pyramid side = tilePyramid(cam, x0, y0, a.width, a.height);
  List l = {seen, 0}, l0 = {sh0, 0}, l1 = {sh1, 0}, ln = {nearby, 0};
  bool mine = tid < s.count; const float* g = s.prims + (mine ? tid : 0) * PRIM;
  compact(mine && meetsPyramid(g, o, side), tid, seen, &l.n);
  float foot = cam[17] / cam[12];
  V d = ray(cam, x + 0.5f, y + 0.5f); Hit h;
  bool in = x < a.width && y < a.height;
  trace(s, l, o, d, foot, &h);
  V p = o + d * h.t; bool solid = h.prim >= 0;
  V lo = solid ? p : mk(1e9f, 1e9f, 1e9f), hi = solid ? p : mk(-1e9f, -1e9f, -1e9f);
  for (int k = 16; k; k >>= 1) {
    lo.x = fminf(lo.x, __shfl_xor_sync(~0u, lo.x, k)); lo.y = fminf(lo.y, __shfl_xor_sync(~0u, lo.y, k)); lo.z = fminf(lo.z, __shfl_xor_sync(~0u, lo.z, k));
    hi.x = fmaxf(hi.x, __shfl_xor_sync(~0u, hi.x, k)); hi.y = fmaxf(hi.y, __shfl_xor_sync(~0u, hi.y, k)); hi.z = fmaxf(hi.z, __shfl_xor_sync(~0u, hi.z, k));
  }
  if ((tid & 31) == 0) { int w = tid >> 5; red[0][w] = lo.x; red[1][w] = lo.y; red[2][w] = lo.z; red[3][w] = hi.x; red[4][w] = hi.y; red[5][w] = hi.z; }
  ids[tid] = in ? h.prim : -2;
  __syncthreads();
  for (int w = 0; w < 8; w++) {
    lo = mk(fminf(lo.x, red[0][w]), fminf(lo.y, red[1][w]), fminf(lo.z, red[2][w])); hi = mk(fmaxf(hi.x, red[3][w]), fmaxf(hi.y, red[4][w]), fmaxf(hi.z, red[5][w]));
  }
  bool any = hi.x >= lo.x; V c = (lo + hi) * 0.5f; float r = any ? 0.5f * len(hi - lo) : 0.f;
  r = r * 1.05f + foot * 24.f * len(c - o) * 0.05f;
  if (a.rgb) {
    int nl = (int)s.env[19];
    compact(mine && any && nl > 0 && meetsCapsule(g, c, r, s.lights), tid, sh0, &l0.n);
    compact(mine && any && nl > 1 && meetsCapsule(g, c, r, s.lights + LIGHT), tid, sh1, &l1.n);
    compact(mine && any && meetsBall(g, c, r + 2.f * s.env[16]), tid, nearby, &ln.n);
    if (in) {
      colours[tid] = colourOf(s, h, o, d, foot, l0, l1, ln, hash3(x, y, image), a.taps);
    }
    __syncthreads();
    if (in) {
      V col = isEdge(ids, tid) && a.extra ? blend(s, l, cam, o, foot, x, y, tid, ids, colours) : colours[tid];
      long at = ((long)image * a.height + y) * a.width + x;
      a.rgb[at * 3] = col.x; a.rgb[at * 3 + 1] = col.y; a.rgb[at * 3 + 2] = col.z;
    }
  }
  if (in) {
    float z = solid ? h.t * dot(d, mk(cam[2], cam[5], cam[8])) : 0.f;
    a.depth[((long)image * a.height + y) * a.width + x] = z;
  }
}
extern "C" int render_gpu(Args a, int images, void* stream) {
  dim3 grid((a.width + TILE - 1) / TILE, (a.height + TILE - 1) / TILE, images);
  renderKernel<<<grid, 256, 0, (cudaStream_t)stream>>>(a);
  return (int)cudaGetLastError();
}
#else
static void renderTile(const Args& a, int image, int x0, int y0) {
  short seen[MAXP], sh0[MAXP], sh1[MAXP], nearby[MAXP];
  Scene s = sceneOf(a, image); const float* cam = a.cams + (long)image * CAM; V o = ld3(cam + 9);
  Pyramid side = tilePyramid(cam, x0, y0, a.width, a.height);
  List l = {seen, 0}, l0 = {sh0, 0}, l1 = {sh1, 0}, ln = {nearby, 0};
  for (int i = 0; i < s.count; i++) if (meetsPyramid(s.prims + i * PRIM, o, side)) seen[l.n++] = (short)i;
  float foot = cam[17] / cam[12];
  Hit hits[TILE * TILE]; V dirs[TILE * TILE];
  V lo = mk(1e9f, 1e9f, 1e9f), hi = mk(-1e9f, -1e9f, -1e9f);
  for (int k = 0; k < TILE * TILE; k++) {
    int x = x0 + k % TILE, y = y0 + k / TILE;
    dirs[k] = ray(cam, x + 0.5f, y + 0.5f);
    hits[k].prim = -1; hits[k].t = 1e9f;
    if (x >= a.width || y >= a.height) continue;
    trace(s, l, o, dirs[k], foot, &hits[k]);
    bool solid = hits[k].prim >= 0;
    a.depth[((long)image * a.height + y) * a.width + x] = solid ? hits[k].t * dot(dirs[k], mk(cam[2], cam[5], cam[8])) : 0.f;
    if (solid) {
      V p = o + dirs[k] * hits[k].t;
      lo = mk(fminf(lo.x, p.x), fminf(lo.y, p.y), fminf(lo.z, p.z)); hi = mk(fmaxf(hi.x, p.x), fmaxf(hi.y, p.y), fmaxf(hi.z, p.z));
    }
  }
  if (!a.rgb) return;
  bool any = hi.x >= lo.x; V c = (lo + hi) * 0.5f; float r = any ? 0.5f * len(hi - lo) : 0.f;
  r = r * 1.05f + foot * 24.f * len(c - o) * 0.05f;
  int nl = (int)s.env[19];
  for (int i = 0; any && i < s.count; i++) {
    const float* g = s.prims + i * PRIM;
    if (nl > 0 && meetsCapsule(g, c, r, s.lights)) sh0[l0.n++] = (short)i;
    if (nl > 1 && meetsCapsule(g, c, r, s.lights + LIGHT)) sh1[l1.n++] = (short)i;
    if (meetsBall(g, c, r + 2.f * s.env[16])) nearby[ln.n++] = (short)i;
  }
  int ids[TILE * TILE]; V colours[TILE * TILE];
  for (int k = 0; k < TILE * TILE; k++) {
    int x = x0 + k % TILE, y = y0 + k / TILE; bool in = x < a.width && y < a.height;
    ids[k] = in ? hits[k].prim : -2;
    if (in) colours[k] = colourOf(s, hits[k], o, dirs[k], foot, l0, l1, ln, hash3(x, y, image), a.taps);
  }
  for (int k = 0; k < TILE * TILE; k++) {
    int x = x0 + k % TILE, y = y0 + k / TILE;
    if (x >= a.width || y >= a.height) continue;
    V col = isEdge(ids, k) && a.extra ? blend(s, l, cam, o, foot, x, y, k, ids, colours) : colours[k];
    long at = ((long)image * a.height + y) * a.width + x;
    a.rgb[at * 3] = col.x; a.rgb[at * 3 + 1] = col.y; a.rgb[at * 3 + 2] = col.z;
  }
}
extern "C" int render_cpu(Args a, int images, int threads) {
  int tx = (a.width + TILE - 1) / TILE, ty = (a.height + TILE - 1) / TILE; long jobs = (long)images * tx * ty;
  std::atomic<long> next(0);
  auto work = [&] { for (long j; (j = next.fetch_add(1)) < jobs;) renderTile(a, (int)(j / (tx * ty)), (int)(j % tx) * TILE, (int)(j / tx % ty) * TILE); };
  std::vector<std::thread> pool;
  for (int i = 1; i < threads; i++) pool.emplace_back(work);
  work();
  for (auto& t : pool) t.join();
  return 0;
}
#endif
