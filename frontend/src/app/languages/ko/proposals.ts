// Korean, of what labelers are shown before they answer, and what that does to their answers.
import type { messages as prelabels } from "@/features/projects/prelabelMessages";
import type { messages as anchoring } from "@/features/quality/anchoringMessages";
import { formatNumber, translate } from "@/i18n/messages";

translate<typeof prelabels>("prelabels", "ko", {
  section: "제안",
  intro:
    "라벨러가 답하기 전에 모델이나 가져온 자료가 이미지를 무엇으로 보는지 보여 줄 수 있습니다. 시간이 줄지만, 제안이 틀린 곳에서도 답이 제안 쪽으로 끌립니다.",
  whose: "보여 줄 제안",
  off: "없음",
  model: "모델의 제안",
  imported: "가져온 제안",
  any: "둘 다",
  offText: "라벨러가 도움 없이 답합니다. 가장 안전합니다.",
  modelText: "사용 중인 버전이 이미지에 대해 말하는 것을 버전과 확신도와 함께 보여 줍니다.",
  importedText: "제안으로 가져온 것을 보여 줍니다.",
  anyText: "모델의 제안을 보여 주고, 모델이 말하지 않는 곳에서는 가져온 제안을 보여 줍니다.",
  hidden: "추첨으로 숨기는 비율",
  hiddenHint:
    "백분율입니다. 제안 없이 나온 답이 있어야 다른 답이 제안에 얼마나 기대는지 알 수 있습니다.",
  hiddenNone: "하나도 숨기지 않으면 제안이 답에 무슨 영향을 주는지 아무도 알 수 없습니다.",
  hiddenWrong: "0에서 100까지의 백분율이어야 합니다.",
  rules:
    "제안은 받아들여야 비로소 답이 됩니다. 무작위로 뽑은 이미지에는 제안이 없습니다. 누군가 모델의 제안을 본 이미지에서는 모델이 투표하지 않습니다.",
  save: "제안 설정 저장",
  saved: "저장됨",
  effect: "제안이 답에 주는 영향",
});

translate<typeof anchoring>("anchoring", "ko", {
  description: "제안이 그것을 보는 사람의 답에 주는 영향입니다.",
  none: "제안이 있는 이미지에 아직 답이 없습니다",
  noneOff: "라벨러에게 제안을 보여 주지 않습니다. 보여 줄 때 얻고 잃는 것은 설정에 있습니다.",
  noneOn: "그런 이미지에 답이 모이면 수치가 나옵니다.",
  settings: "설정 열기",
  text: "추첨으로 일부 제안을 숨깁니다. 이미지와 사람은 비슷하므로, 제안이 보인 답과 보이지 않은 답의 차이는 제안 때문에 생긴 것입니다.",
  latest: (n) => `최근 답 ${formatNumber(n)}개 기준입니다.`,
  truth:
    "알려진 답, 검토자 또는 라벨러 두 명 이상이 말하는 것을 맞는 것으로 봅니다. 그 라벨러들도 제안을 보았을 수 있으므로, 제안이 일으킨 오류는 실제보다 적게 나오기 쉽습니다.",
  astray: (points, range) =>
    `제안이 틀린 곳에서는 제안을 본 사람이 더 자주 틀립니다: ${points}포인트(${range}).`,
  astrayNot: (points, range) =>
    `제안이 틀린 곳에서 제안을 보면 오류가 ${points}포인트(${range}) 달라집니다: 영향이 있다고 할 수 없습니다.`,
  astrayLess: (points, range) =>
    `제안이 틀린 곳에서는 제안을 본 사람이 덜 틀립니다: ${points}포인트(${range}).`,
  astrayFew:
    "틀린 제안이 보이거나 숨겨진 채 나온 답이 너무 적어 제안이 얼마나 해로운지 알 수 없습니다.",
  faster: (ratio, range) =>
    `제안이 보이면 답 하나에 걸리는 시간이 보이지 않을 때의 ${ratio}입니다(${range}).`,
  slower: (ratio, range) =>
    `제안이 보이면 답이 더 오래 걸립니다: 보이지 않을 때의 ${ratio}(${range}).`,
  sameTime: (ratio, range) =>
    `제안이 보이면 답 하나에 걸리는 시간이 보이지 않을 때의 ${ratio}입니다(${range}): 차이가 있다고 할 수 없습니다.`,
  shownTile: "제안이 보임",
  hiddenTile: "추첨으로 숨김",
  takenTile: "받아들임",
  takenNote: "전용 키나 버튼으로",
  table: "제안이 있을 때와 없을 때",
  what: "항목",
  shown: "보임",
  hidden: "숨김",
  difference: "차이",
  same: "제안과 같은 답",
  error: "틀림",
  led_astray: "제안이 틀린 곳에서 틀림",
  helped: "제안이 맞는 곳에서 틀림",
  time: "시간 중앙값",
  seconds: (n) => `${n}초`,
  points: (n) => `${n}포인트`,
  labelers: "라벨러",
  labelersText:
    "라벨러마다 보이는 제안에 얼마나 더 동의하는지, 제안이 틀린 곳에서 얼마나 더 틀리는지 보여 줍니다.",
  labeler: "라벨러",
  answers: "보임 / 숨김",
  moreAlike: "늘어난 동의",
  moreWrong: "제안이 틀린 곳에서 늘어난 오류",
  pace: "시간",
});
