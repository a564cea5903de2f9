// Deep inlining for symbol and line tests: templates, lambdas and standard algorithms, compiled with -O2 in several
// forms (DWARF 4 and 5, position independent or not). It prints one number, so that nothing can be left out.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace shapes {

template <class T>
struct Vec3 {
  T x{}, y{}, z{};
  friend Vec3 operator+(const Vec3& a, const Vec3& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Vec3 operator*(const Vec3& a, T s) { return {a.x * s, a.y * s, a.z * s}; }
  T dot(const Vec3& o) const { return x * o.x + y * o.y + z * o.z; }
};

struct Circle {
  double radius;
};
struct Box {
  double width, height;
};
using Shape = std::variant<Circle, Box>;

double area(const Shape& shape) {
  return std::visit(
      [](const auto& one) {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, Circle>) {
          return 3.14159 * one.radius * one.radius;
        } else {
          return one.width * one.height;
        }
      },
      shape);
}

class Body {
 public:
  virtual ~Body() = default;
  virtual double mass() const = 0;
};
class Ball final : public Body {
 public:
  explicit Ball(double radius) : radius_(radius) {}
  double mass() const override { return std::accumulate(layers_.begin(), layers_.end(), radius_); }

 private:
  double radius_;
  std::array<double, 8> layers_{1, 2, 3, 4, 5, 6, 7, 8};
};

}  // namespace shapes

template <unsigned N>
struct Fold {
  static std::uint64_t run(std::uint64_t value) { return Fold<N - 1>::run(value * 31 + N) ^ (value >> (N & 7U)); }
};
template <>
struct Fold<0> {
  static std::uint64_t run(std::uint64_t value) { return value + 1; }
};

template <class Map>
std::uint64_t count_words(const std::vector<std::string>& words) {
  Map counts;
  for (const std::string& word : words) ++counts[word];
  std::uint64_t sum = 0;
  for (const auto& [word, count] : counts) sum += count * word.size();
  return sum;
}

static std::uint64_t sort_all(std::vector<std::uint64_t>& values) {
  std::sort(values.begin(), values.end(), [](std::uint64_t a, std::uint64_t b) { return (a ^ 0x55) < (b ^ 0x55); });
  std::stable_sort(values.begin(), values.end(), std::greater<>());
  std::vector<std::uint64_t> odd;
  std::copy_if(values.begin(), values.end(), std::back_inserter(odd), [](std::uint64_t v) { return (v & 1U) != 0; });
  const auto place = std::lower_bound(odd.rbegin(), odd.rend(), 77U);
  return odd.size() + (place == odd.rend() ? 0 : *place);
}

__attribute__((noinline)) static double geometry(int rounds) {
  std::vector<shapes::Vec3<double>> points(64, {1.0, 2.0, 3.0});
  double sum = 0;
  for (int i = 0; i < rounds; ++i) {
    std::transform(points.begin(), points.end(), points.begin(),
                   [i](const auto& p) { return p * 0.5 + p * (1.0 / (i + 1)); });
    sum += std::inner_product(points.begin(), points.end(), points.begin(), 0.0, std::plus<>(),
                              [](const auto& a, const auto& b) { return a.dot(b); });
  }
  std::vector<shapes::Shape> all;
  for (int i = 0; i < 16; ++i) {
    if (i % 2 == 0)
      all.emplace_back(shapes::Circle{double(i)});
    else
      all.emplace_back(shapes::Box{double(i), 2.0});
  }
  for (const auto& shape : all) sum += shapes::area(shape);
  std::vector<std::unique_ptr<shapes::Body>> bodies;
  for (int i = 0; i < 4; ++i) bodies.push_back(std::make_unique<shapes::Ball>(i));
  for (const auto& body : bodies) sum += body->mass();
  return sum;
}

// A lambda that stays a function of its own, inside one that does not: its code is told inside the closure's type.
static inline std::uint64_t through_lambda(std::vector<std::uint64_t>& values) {
  const auto step = [&values](std::uint64_t index) __attribute__((noinline)) {
    const auto place = std::find(values.begin(), values.end(), index);
    return std::max<std::uint64_t>(index, place == values.end() ? 1 : *place);
  };
  return step(values.size()) + step(values.size() / 2);
}

static std::uint64_t apply(const std::function<std::uint64_t(std::uint64_t)>& step, std::uint64_t value) {
  for (int i = 0; i < 10; ++i) value = step(value);
  return value;
}

extern "C" __attribute__((noinline)) std::uint64_t symbols_landmark(std::uint64_t value) {
  return Fold<12>::run(value) + Fold<5>::run(value ^ 3U);
}

int main(int argc, char** argv) {
  std::vector<std::uint64_t> values(1000);
  std::iota(values.begin(), values.end(), static_cast<std::uint64_t>(argc));
  std::vector<std::string> words(argv, argv + argc);
  for (int i = 0; i < 200; ++i) words.push_back("word" + std::to_string(i % 17));
  std::uint64_t result = sort_all(values) + count_words<std::map<std::string, unsigned>>(words) +
                         count_words<std::unordered_map<std::string, unsigned>>(words);
  result += apply([&](std::uint64_t v) { return symbols_landmark(v) + words.size(); }, result);
  result += through_lambda(values);
  try {
    if (geometry(argc + 3) < 0) throw std::string("negative");
  } catch (const std::string& text) {
    result += text.size();
  }
  std::printf("%llu\n", static_cast<unsigned long long>(result));
  return 0;
}
