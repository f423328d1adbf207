//! The products of the demo shop.

use super::pictures;

/// One product of the demo shop.
#[derive(Debug, Clone)]
pub struct DemoProduct {
    pub sku: &'static str,
    pub name: &'static str,
    pub category: &'static str,
    pub description: &'static str,
    /// In minor units.
    pub price: i64,
    pub stock: u32,
    /// A URL.
    pub image: String,
}

struct ProductRow {
    sku: &'static str,
    name: &'static str,
    category: &'static str,
    price: i64,
    stock: u32,
    description: &'static str,
    picture: &'static str,
}

macro_rules! picture {
    ($name:literal) => {
        include_str!(concat!("pictures/", $name, ".svg"))
    };
}

/// Indices into [`products`], for the seed orders.
pub(super) mod catalog {
    pub(crate) const HARBOUR: usize = 0;
    pub(crate) const GUJI: usize = 1;
    pub(crate) const HUILA: usize = 2;
    pub(crate) const DECAF: usize = 3;
    pub(crate) const ASSAM: usize = 4;
    pub(crate) const EARL_GREY: usize = 5;
    pub(crate) const SENCHA: usize = 6;
    pub(crate) const CHAMOMILE: usize = 7;
    pub(crate) const JASMINE: usize = 8;
    pub(crate) const DRIPPER: usize = 9;
    pub(crate) const KETTLE: usize = 10;
    pub(crate) const GRINDER: usize = 11;
    pub(crate) const MUG: usize = 12;
    pub(crate) const TEAPOT: usize = 13;
    pub(crate) const CHOCOLATE: usize = 14;
    pub(crate) const BISCOTTI: usize = 15;
}

const ROWS: &[ProductRow] = &[
    ProductRow {
        sku: "COF-HARBOUR-250",
        name: "Harbour Espresso, 250 g",
        category: "Coffee",
        price: 1190,
        stock: 84,
        description: "Our house espresso since the first week: Brazil and Sumatra, roasted dark enough for milk and \
                      never bitter. Dark chocolate, toasted hazelnut, a little orange peel.",
        picture: picture!("harbour-espresso"),
    },
    ProductRow {
        sku: "COF-GUJI-250",
        name: "Guji Natural, Ethiopia, 250 g",
        category: "Coffee",
        price: 1480,
        stock: 41,
        description: "Dried in the cherry by 600 smallholders near Shakiso. Strawberry, jasmine and honey; best as \
                      filter, brewed a little cooler than you would think.",
        picture: picture!("guji"),
    },
    ProductRow {
        sku: "COF-HUILA-250",
        name: "Huila Washed, Colombia, 250 g",
        category: "Coffee",
        price: 1350,
        stock: 57,
        description: "Clean and bright from 1,750 m: red apple, caramel and a long sweet finish. The one we drink \
                      ourselves all day.",
        picture: picture!("huila"),
    },
    ProductRow {
        sku: "COF-NIGHTOWL-250",
        name: "Night Owl Decaf, 250 g",
        category: "Coffee",
        price: 1290,
        stock: 38,
        description: "Decaffeinated with sugar cane, so it still tastes of coffee: cocoa, plum and brown sugar. For \
                      after dinner.",
        picture: picture!("night-owl-decaf"),
    },
    ProductRow {
        sku: "TEA-ASSAM-125",
        name: "Assam Breakfast, 125 g",
        category: "Tea",
        price: 890,
        stock: 63,
        description: "Second flush from a single garden on the Brahmaputra. Malty, strong, and happy with milk.",
        picture: picture!("assam-breakfast"),
    },
    ProductRow {
        sku: "TEA-EARLGREY-125",
        name: "Earl Grey Bergamot, 125 g",
        category: "Tea",
        price: 920,
        stock: 52,
        description: "Ceylon leaves with cold-pressed oil of Calabrian bergamot, and nothing else.",
        picture: picture!("earl-grey"),
    },
    ProductRow {
        sku: "TEA-SENCHA-100",
        name: "Sencha Yabukita, 100 g",
        category: "Tea",
        price: 1450,
        stock: 29,
        description: "First harvest from Shizuoka, deep steamed. Fresh grass, sea breeze, a soft sweetness. 70 °C, one \
                      minute.",
        picture: picture!("sencha"),
    },
    ProductRow {
        sku: "TEA-CHAMOMILE-60",
        name: "Whole Chamomile Flowers, 60 g",
        category: "Tea",
        price: 680,
        stock: 74,
        description: "Whole flower heads from Franconia, dried slowly so that they keep their apple scent. No \
                      caffeine.",
        picture: picture!("chamomile"),
    },
    ProductRow {
        sku: "TEA-JASMINE-80",
        name: "Jasmine Pearls, 80 g",
        category: "Tea",
        price: 1690,
        stock: 5,
        description: "Young green leaves rolled by hand and scented with fresh blossoms for six nights. Watch them \
                      unfold in the glass.",
        picture: picture!("jasmine-pearls"),
    },
    ProductRow {
        sku: "GEAR-DRIPPER",
        name: "Pour-over Set, dripper and glass",
        category: "Brewing",
        price: 3950,
        stock: 18,
        description: "A porcelain cone and a 600 ml glass server that fit each other. Takes any 02 paper filter.",
        picture: picture!("dripper"),
    },
    ProductRow {
        sku: "GEAR-KETTLE",
        name: "Gooseneck Kettle, 0.9 l",
        category: "Brewing",
        price: 6900,
        stock: 11,
        description: "A thin, steady stream wherever you point it, and a thermometer in the side. For every stove.",
        picture: picture!("kettle"),
    },
    ProductRow {
        sku: "GEAR-GRINDER",
        name: "Hand Grinder with steel burrs",
        category: "Brewing",
        price: 8900,
        stock: 2,
        description: "Walnut and steel, 25 g at a time, from espresso to French press in clear clicks. Quiet enough \
                      for early mornings.",
        picture: picture!("hand-grinder"),
    },
    ProductRow {
        sku: "HOME-MUG",
        name: "Stoneware Mug, 300 ml",
        category: "At the table",
        price: 2200,
        stock: 36,
        description: "Thrown two streets away by Marta, glazed in sea green and cream. No two are the same.",
        picture: picture!("stoneware-mug"),
    },
    ProductRow {
        sku: "HOME-TEAPOT",
        name: "Ceramic Teapot, 1.1 l",
        category: "At the table",
        price: 5400,
        stock: 9,
        description: "Round, heavy and slow to cool, with a sieve that holds even rooibos back.",
        picture: picture!("teapot"),
    },
    ProductRow {
        sku: "SWEET-CHOC-70",
        name: "Espresso Chocolate 72 %, 70 g",
        category: "Sweet things",
        price: 550,
        stock: 120,
        description: "Dark chocolate from the Dominican Republic with our Harbour beans, ground fine.",
        picture: picture!("espresso-chocolate"),
    },
    ProductRow {
        sku: "SWEET-BISCOTTI-200",
        name: "Almond Biscotti, 200 g",
        category: "Sweet things",
        price: 720,
        stock: 48,
        description: "Baked twice, with whole almonds and a little aniseed. Made for dipping.",
        picture: picture!("almond-biscotti"),
    },
];

pub fn products() -> Vec<DemoProduct> {
    ROWS.iter()
        .map(|row| DemoProduct {
            sku: row.sku,
            name: row.name,
            category: row.category,
            description: row.description,
            price: row.price,
            stock: row.stock,
            image: pictures::address(row.picture),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use orders::product::ImageUrl;

    use super::*;

    #[test]
    fn every_picture_is_an_address_a_browser_may_load() {
        for product in products() {
            let bytes = product.image.len();
            let image = ImageUrl::try_from(product.image);
            assert!(image.is_ok(), "{}: {bytes} bytes", product.sku);
        }
    }

    #[test]
    fn every_picture_is_a_drawing_without_script_or_anything_from_elsewhere() {
        for row in ROWS {
            assert!(row.picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{}", row.sku);
            for foreign in ["<script", "href", "url(http", "<image", "<foreignObject", "onload", "'"] {
                assert!(!row.picture.contains(foreign), "{}: {foreign}", row.sku);
            }
        }
    }
}
