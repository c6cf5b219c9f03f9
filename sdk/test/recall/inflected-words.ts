/** Words of one language in two forms each, and sentences that take any form. Written for this test from school knowledge. */
export interface InflectedWords {
  readonly code: string;
  readonly language: string;
  readonly fact: (form: string) => string;
  readonly question: (form: string) => string;
  /** The form that is asked for, and the one that was said. */
  readonly pairs: readonly (readonly [asked: string, said: string])[];
}

function pairs(text: string): readonly (readonly [string, string])[] {
  return text.split("|").map((pair) => {
    const [asked = "", said = ""] = pair.split(" ");
    return [asked, said] as const;
  });
}

export const INFLECTED_WORDS: readonly InflectedWords[] = [
  {
    code: "de",
    language: "German",
    fact: (w) => `Ich habe gestern an ${w} gedacht und weiß nicht warum.`,
    question: (w) => `Was war das noch mit ${w}?`,
    pairs: pairs(
      "Haus Häusern|Buch Bücher|Garten Gärten|Schlüssel Schlüsseln|Fahrrad Fahrräder|Kind Kinder|Wohnung Wohnungen|Arzt Ärzte|Freundin Freundinnen|Prüfung Prüfungen|Hund Hunde|Katze Katzen|Apfel Äpfel|Bruder Brüder|Stadt Städte|Rechnung Rechnungen|Koffer Koffern|Blume Blumen|Vogel Vögel|Stuhl Stühle|kochen kochte|Tisch Tische|Zahn Zähne|Lehrerin Lehrerinnen",
    ),
  },
  {
    code: "fr",
    language: "French",
    fact: (w) => `Hier j'ai pensé à ${w} et je ne sais pas pourquoi.`,
    question: (w) => `Qu'est-ce que c'était avec ${w} ?`,
    pairs: pairs(
      "maison maisons|cheval chevaux|journal journaux|voyage voyages|manger mangeait|travailler travaillé|étudiante étudiantes|jardin jardins|couteau couteaux|bateau bateaux|ami amis|voisine voisines|jouer jouait|chanter chantait|fenêtre fenêtres|médecin médecins|clé clés|chaussure chaussures|danser dansait|heureuse heureux|dessiner dessinait|marcher marchait|gâteau gâteaux|oiseau oiseaux",
    ),
  },
  {
    code: "es",
    language: "Spanish",
    fact: (w) => `Ayer pensé en ${w} y no sé por qué.`,
    question: (w) => `¿Qué era lo de ${w}?`,
    pairs: pairs(
      "casa casas|ciudad ciudades|camión camiones|cantar cantaba|trabajar trabajando|bailar bailábamos|niño niños|jardín jardines|canción canciones|pintar pintaba|viajar viajamos|profesor profesora|zapato zapatos|cocinar cocinaba|estudiar estudiaba|flor flores|árbol árboles|doctor doctores|vecino vecinos|nadar nadaba|comprar compraron|perro perros|reloj relojes|avión aviones",
    ),
  },
  {
    code: "it",
    language: "Italian",
    fact: (w) => `Ieri ho pensato a ${w} e non so perché.`,
    question: (w) => `Che cosa era con ${w}?`,
    pairs: pairs(
      "casa case|libro libri|gatto gatti|amico amici|cantare cantava|lavorare lavoravo|studiare studiavo|finestra finestre|chiave chiavi|scarpa scarpe|treno treni|viaggio viaggi|ragazzo ragazzi|dormire dormivo|giocare giocava|cucinare cucinava|fiore fiori|albero alberi|strada strade|piatto piatti|nuotare nuotava|bottiglia bottiglie|sorella sorelle|quaderno quaderni",
    ),
  },
  {
    code: "pt",
    language: "Portuguese",
    fact: (w) => `Ontem pensei em ${w} e não sei porquê.`,
    question: (w) => `O que era com ${w}?`,
    pairs: pairs(
      "casa casas|cão cães|canção canções|livro livros|trabalhar trabalhava|cantar cantávamos|flor flores|jardim jardins|amigo amigos|estudar estudava|viajar viajamos|avião aviões|coração corações|cozinhar cozinhava|menino meninos|janela janelas|sapato sapatos|nadar nadava|mulher mulheres|chave chaves|irmã irmãs|carta cartas|comprar compraram|dançar dançava",
    ),
  },
  {
    code: "nl",
    language: "Dutch",
    fact: (w) => `Gisteren dacht ik aan ${w} en ik weet niet waarom.`,
    question: (w) => `Wat was er ook met ${w}?`,
    pairs: pairs(
      "huis huizen|boek boeken|kind kinderen|fiets fietsen|vriend vrienden|tuin tuinen|sleutel sleutels|boom bomen|brief brieven|wandelen wandelde|koken kookte|werken werkte|tafel tafels|stoel stoelen|hond honden|kat katten|straat straten|bloem bloemen|schoen schoenen|spelen speelde|zwemmen zwemt|afspraak afspraken|rekening rekeningen|bril brillen",
    ),
  },
  {
    code: "sv",
    language: "Swedish",
    fact: (w) => `I går tänkte jag på ${w} och jag vet inte varför.`,
    question: (w) => `Vad var det med ${w}?`,
    pairs: pairs(
      "hus husen|bil bilar|flicka flickor|hund hundar|katt katter|stol stolar|nyckel nycklar|blomma blommor|lägenhet lägenheter|arbeta arbetade|cykel cyklar|vän vänner|tidning tidningar|fönster fönstret|resa resor|spela spelade|sjukhus sjukhuset|läkare läkaren|skola skolor|trädgård trädgården|dansa dansade|kopp koppar|bild bilder|tavla tavlor",
    ),
  },
  {
    code: "no",
    language: "Norwegian",
    fact: (w) => `I går tenkte jeg på ${w} og jeg vet ikke hvorfor.`,
    question: (w) => `Hva var det med ${w}?`,
    pairs: pairs(
      "hus husene|bil biler|hund hunder|katt katter|stol stoler|nøkkel nøkler|jente jenter|leilighet leiligheter|arbeide arbeidet|sykkel sykler|venn venner|avis aviser|vindu vinduet|reise reiser|spille spilte|sykehus sykehuset|lege legen|skole skoler|hage hagen|danse danset|kopp kopper|bilde bilder|butikk butikker|brev brevene",
    ),
  },
  {
    code: "da",
    language: "Danish",
    fact: (w) => `I går tænkte jeg på ${w} og jeg ved ikke hvorfor.`,
    question: (w) => `Hvad var det med ${w}?`,
    pairs: pairs(
      "hus husene|bil biler|hund hunde|kat katte|stol stole|nøgle nøgler|pige piger|lejlighed lejligheder|arbejde arbejdet|cykel cykler|ven venner|avis aviser|vindue vinduer|rejse rejser|spille spillede|hospital hospitaler|læge lægen|skole skoler|danse dansede|kop kopper|billede billeder|butik butikker|fisk fiskene|brev breve",
    ),
  },
  {
    code: "fi",
    language: "Finnish",
    fact: (w) => `Eilen mietin sanaa ${w} ja en tiedä miksi.`,
    question: (w) => `Mitä se ${w} oli?`,
    pairs: pairs(
      "talo talossa|auto autolla|kirja kirjat|koira koirat|kissa kissalle|ystävä ystävät|koulu koulussa|puutarha puutarhassa|polkupyörä polkupyörällä|lääkäri lääkärille|ikkuna ikkunat|kukka kukkia|sairaala sairaalassa|järvi järvellä|kirje kirjeen|juna junalla|tuoli tuolit|matka matkalla|hevonen hevoset|omena omenoita|sauna saunassa|metsä metsässä|kahvi kahvia|laiva laivalla",
    ),
  },
  {
    code: "pl",
    language: "Polish",
    fact: (w) => `Wczoraj myślałam o ${w} i nie wiem dlaczego.`,
    question: (w) => `Co to było z ${w}?`,
    pairs: pairs(
      "dom domy|książka książki|kot kotem|samochód samochodem|mieszkanie mieszkaniu|miasto miasta|lekarz lekarzem|klucz klucze|list listy|okno oknem|kwiat kwiaty|szkoła szkole|rzeka rzeki|pociąg pociągiem|siostra siostry|brat bratem|jabłko jabłka|rower rowerem|czytać czytałam|gotować gotowała|pracować pracowałem|ogród ogrodzie|kawa kawę|zegarek zegarki",
    ),
  },
  {
    code: "cs",
    language: "Czech",
    fact: (w) => `Včera jsem myslel na ${w} a nevím proč.`,
    question: (w) => `Co to bylo s ${w}?`,
    pairs: pairs(
      "hrad hrady|kniha knihy|kočka kočku|auto autem|byt bytu|město města|lékař lékařem|klíč klíče|dopis dopisy|okno oknem|květina květiny|škola škole|řeka řeky|vlak vlakem|sestra sestrou|bratr bratrem|jablko jablka|zahrada zahradě|nemocnice nemocnici|obraz obrazy|židle židli|boty botách|učitel učitelem|les lesy",
    ),
  },
  {
    code: "ro",
    language: "Romanian",
    fact: (w) => `Ieri am vorbit despre ${w} și nu știu de ce.`,
    question: (w) => `Ce era cu ${w}?`,
    pairs: pairs(
      "casă case|câine câini|pisică pisici|mașină mașini|prieten prieteni|școală școli|grădină grădini|doctor doctori|oraș orașe|scrisoare scrisori|tren trenuri|scaun scaune|frate frați|spital spitale|pantof pantofi|bicicletă biciclete|lucrare lucrări|rețetă rețete|vecin vecini|student studenți|roman romane|bunică bunici|pădure păduri|caiet caiete",
    ),
  },
  {
    code: "hu",
    language: "Hungarian",
    fact: (w) => `Tegnap a ${w} jutott eszembe és nem tudom miért.`,
    question: (w) => `Mi volt az a ${w}?`,
    pairs: pairs(
      "ház házban|könyv könyvek|kutya kutyák|macska macskát|autó autóval|iskola iskolában|kert kertben|kulcs kulcsok|barát barátom|orvos orvosnál|város városban|ablak ablakok|gyerek gyerekek|alma almát|vonat vonattal|asztal asztalon|szék székek|testvér testvérem|virág virágok|tenger tengernél|kórház kórházban|cipő cipők|kép képek|óra órák",
    ),
  },
  {
    code: "tr",
    language: "Turkish",
    fact: (w) => `Dün ${w} için çok düşündüm ama neden bilmiyorum.`,
    question: (w) => `Bu ${w} ne için?`,
    pairs: pairs(
      "ev evlerimiz|kitap kitaplar|araba arabayla|köpek köpekler|arkadaş arkadaşlarım|okul okulda|bahçe bahçemizde|anahtar anahtarları|doktor doktordan|şehir şehirde|pencere pencereler|çocuk çocuklar|elma elmalar|mektup mektuplar|tren trenle|masa masada|sandalye sandalyeler|kardeş kardeşim|çiçek çiçekler|deniz denizde|hastane hastanede|ayakkabı ayakkabılar|bisiklet bisikletim|resim resimler",
    ),
  },
  {
    code: "ru",
    language: "Russian",
    fact: (w) => `Вчера я думал о слове ${w} и не знаю почему.`,
    question: (w) => `Что там было про ${w}?`,
    pairs: pairs(
      "дом домов|книга книги|собака собакой|кошка кошку|машина машиной|квартира квартире|город городах|врач врачом|ключ ключами|письмо письма|окно окном|школа школе|река реки|поезд поездом|стол столе|гулять гуляли|готовить готовила|читать читала|сестра сестрой|брат братом|яблоко яблоки|велосипед велосипеде|газета газеты|сад садом",
    ),
  },
  {
    code: "el",
    language: "Greek",
    fact: (w) => `Χθες σκεφτόμουν το ${w} και δεν ξέρω γιατί.`,
    question: (w) => `Τι ήταν αυτό με το ${w};`,
    pairs: pairs(
      "σπίτι σπίτια|βιβλίο βιβλία|σκύλος σκύλου|γάτα γάτες|φίλος φίλοι|κλειδί κλειδιά|πόλη πόλεις|γιατρός γιατρού|παράθυρο παράθυρα|λουλούδι λουλούδια|σχολείο σχολεία|τρένο τρένα|τραπέζι τραπέζια|καρέκλα καρέκλες|αδελφός αδελφού|μήλο μήλα|γράμμα γράμματα|κήπος κήπου|ποδήλατο ποδήλατα|νοσοκομείο νοσοκομεία|εικόνα εικόνες|δουλειά δουλειές|παπούτσι παπούτσια|μάθημα μαθήματα",
    ),
  },
  {
    code: "ar",
    language: "Arabic",
    fact: (w) => `فكرت أمس في ${w} ولا أعرف لماذا.`,
    question: (w) => `ماذا كان عن ${w}؟`,
    pairs: pairs(
      "سيارة السيارات|مدرسة المدرسة|مفتاح مفتاحي|مدينة المدينة|رسالة الرسالة|قطار بالقطار|طاولة الطاولات|كرسي الكرسي|حديقة الحديقة|نافذة النافذة|مستشفى المستشفى|صورة الصورة|طالب طالبات|معلم معلمون|مهندس المهندسين|شجرة الشجرة|كلب كلبها|قطة القطة|بيت بيتنا|تفاحة تفاحات|ساعة ساعات|جامعة الجامعات|مطعم المطعم|قلم قلمه",
    ),
  },
  {
    code: "hi",
    language: "Hindi",
    fact: (w) => `कल मैं ${w} के बारे में सोच रहा था।`,
    question: (w) => `वह ${w} क्या था?`,
    pairs: pairs(
      "लड़का लड़के|किताब किताबें|घर घरों|दोस्त दोस्तों|गाड़ी गाड़ियाँ|कुत्ता कुत्ते|बिल्ली बिल्लियाँ|चाबी चाबियाँ|शहर शहरों|डॉक्टर डॉक्टरों|खिड़की खिड़कियाँ|फूल फूलों|स्कूल स्कूलों|ट्रेन ट्रेनें|मेज मेजें|कुर्सी कुर्सियाँ|बहन बहनें|सेब सेबों|चिट्ठी चिट्ठियाँ|बगीचा बगीचे|अस्पताल अस्पतालों|तस्वीर तस्वीरें|जूता जूते|नदी नदियाँ",
    ),
  },
];
