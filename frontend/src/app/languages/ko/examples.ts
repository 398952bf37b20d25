// Korean, of pictures that stand with labels.
import type { messages as examples } from "@/features/projects/exampleMessages";
import { translate } from "@/i18n/messages";

translate<typeof examples>("examples", "ko", {
  section: "예시 이미지",
  intro:
    "라벨마다 이미지 한 장을 지침 옆에 모든 라벨러에게 보여 줍니다. 질문으로도 나오는 이미지는 답을 알려 주게 되므로, 다른 데이터셋의 이미지나 이미 결정된 이미지를 고르는 것이 좋습니다.",
  none: "이미지 없음",
  choose: "고르기…",
  replace: "바꾸기…",
  drop: "없애기",
  chooseFor: (label) => `${label}의 예시 고르기`,
  dropOf: (label) => `${label}의 예시 없애기`,
  pictureOf: (label) => `${label}의 예시`,
  pickTitle: (label) => `${label}을(를) 보여 주는 이미지`,
  dataset: "데이터셋",
  search: "파일 이름",
  ownPicture: "직접 가진 이미지는 먼저 데이터셋에 올립니다.",
  openDataset: "이 데이터셋 열기",
  pictures: "이미지",
  noMatch: "이름에 이 글자가 있는 이미지가 없습니다.",
  more: "더 보기",
});
